"""Flaws: responses, as streams of events."""
