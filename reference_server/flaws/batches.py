"""Flaws: batches."""
