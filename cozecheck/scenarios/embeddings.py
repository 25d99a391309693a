"""Scenarios: embeddings."""
