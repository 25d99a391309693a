"""Flaws: speech and transcriptions."""
