"""Scenarios: images and audio as input."""
