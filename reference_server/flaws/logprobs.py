"""Flaws: the logarithms of probabilities."""
