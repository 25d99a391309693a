"""Flaws: JSON objects and JSON by schema."""
