"""Flaws: images and audio as input."""
