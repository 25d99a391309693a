"""Checks: tool calls in chat streams."""
