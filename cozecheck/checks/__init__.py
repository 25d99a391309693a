"""What is required: every check, one file a family."""

from cozecheck.checks import auth, chat, chat_stream, errors, models, request, sse, transport, usage
from cozecheck.checks.registry import Check, declared

__all__ = ["ALL", "Check", "auth", "chat", "chat_stream", "errors", "models", "request", "sse", "transport", "usage"]

ALL = declared()
"""Every check, by family in the order of reports."""
