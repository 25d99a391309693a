"""Checks: responses, as bodies."""
