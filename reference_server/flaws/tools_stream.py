"""Flaws: tool calls in chat streams."""
