"""Proves, before a migration, that a server keeps OpenAI's promise."""

__version__ = "0.1.0"
