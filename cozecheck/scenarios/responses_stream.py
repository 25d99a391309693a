"""Scenarios: responses, as streams of events."""
