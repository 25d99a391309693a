"""What to send: every scenario, one file a family."""

from cozecheck.scenarios import auth, chat, chat_stream, errors, models, request, sse, transport, usage
from cozecheck.scenarios.sending import Scenario, Send, Subject, declared

__all__ = [
    "ALL",
    "Scenario",
    "Send",
    "Subject",
    "auth",
    "chat",
    "chat_stream",
    "errors",
    "models",
    "request",
    "sse",
    "transport",
    "usage",
]

ALL = declared()
"""Every scenario."""
