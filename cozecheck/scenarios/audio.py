"""Scenarios: speech and transcriptions."""
