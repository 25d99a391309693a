"""Scenarios: moderations."""
