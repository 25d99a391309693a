"""Scenarios: responses, as bodies."""
