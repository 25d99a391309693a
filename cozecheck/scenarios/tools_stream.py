"""Scenarios: tool calls in chat streams."""
