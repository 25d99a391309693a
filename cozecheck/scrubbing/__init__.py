"""Secrets and people taken out of an exchange."""
