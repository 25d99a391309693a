"""Checks: files."""
