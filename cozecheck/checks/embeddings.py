"""Checks: embeddings."""
