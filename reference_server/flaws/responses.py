"""Flaws: responses, as bodies."""
