"""Flaws: legacy completions."""
