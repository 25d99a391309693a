"""Flaws: tool calls in chat bodies."""
