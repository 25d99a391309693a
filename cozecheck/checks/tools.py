"""Checks: tool calls in chat bodies."""
