"""Checks: the logarithms of probabilities."""
