"""Checks: JSON objects and JSON by schema."""
