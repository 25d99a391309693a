"""Checks: moderations."""
