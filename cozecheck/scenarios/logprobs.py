"""Scenarios: the logarithms of probabilities."""
