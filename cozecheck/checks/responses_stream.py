"""Checks: responses, as streams of events."""
