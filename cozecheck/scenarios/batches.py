"""Scenarios: batches."""
