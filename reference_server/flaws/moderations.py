"""Flaws: moderations."""
