"""Checks: batches."""
