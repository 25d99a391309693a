"""Scenarios: JSON objects and JSON by schema."""
