"""Flaws: files."""
