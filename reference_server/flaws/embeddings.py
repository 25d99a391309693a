"""Flaws: embeddings."""
