"""Scenarios: images."""
