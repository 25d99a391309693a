"""Scenarios: tool calls in chat bodies."""
