"""Flaws: images."""
