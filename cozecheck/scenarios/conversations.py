"""Scenarios: conversations."""
