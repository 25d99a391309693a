"""Exchanges read as chat completions, sent as a body or as a stream."""

from collections.abc import Mapping
from typing import Any

from cozecheck.exchange import Exchange
from cozecheck.views.chat import chat_body
from cozecheck.views.chat_stream import chat_stream


def texts(exchange: Exchange) -> list[str]:
    """Return the text of each choice."""
    body, stream = chat_body(exchange), chat_stream(exchange)
    if body:
        return [text for _, text in body.texts()]
    return [choice.text for choice in stream.choices.values()] if stream else []


def usage(exchange: Exchange) -> Mapping[str, Any]:
    """Return the usage, empty where there is none."""
    body, stream = chat_body(exchange), chat_stream(exchange)
    return body.usage if body else stream.usage if stream else {}
