"""Scenarios: files."""
