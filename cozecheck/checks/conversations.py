"""Checks: conversations."""
