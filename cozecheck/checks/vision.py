"""Checks: images and audio as input."""
