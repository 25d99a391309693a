"""Scenarios: legacy completions."""
