"""Checks: legacy completions."""
