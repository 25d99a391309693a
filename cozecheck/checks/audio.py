"""Checks: speech and transcriptions."""
