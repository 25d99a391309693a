"""Flaws: conversations."""
