"""Builders of captured exchanges."""

import json
from collections.abc import Mapping
from typing import Any

from cozecheck.exchange import Exchange, Headers, Request, Response

CHAT = "/chat/completions"


def exchange(
    asked: Mapping[str, Any], body: bytes, *, path: str = CHAT, status: int = 200, kind: str = "application/json"
) -> Exchange:
    """Build an exchange of this body, called *kind*."""
    headers = Headers((("Content-Type", kind),)) if kind else Headers()
    request = Request("POST", f"http://server/v1{path}", body=json.dumps(asked).encode())
    return Exchange(request, Response(status, headers, body))


def answered(value: Any, *, path: str = CHAT, **asked: Any) -> Exchange:
    """Build an exchange that was answered with this JSON value."""
    return exchange({"model": "m", **asked}, json.dumps(value).encode(), path=path)


def streamed(*events: Any, path: str = CHAT, before: bytes = b"", **asked: Any) -> Exchange:
    """Build an exchange that was answered with a stream of these JSON values."""
    data = b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)
    whole = before + data + b"data: [DONE]\n\n"
    return exchange({"model": "m", "stream": True, **asked}, whole, path=path, kind="text/event-stream")


def completion(**changes: Any) -> dict[str, Any]:
    """Build a chat completion; a change to `...` takes the key away."""
    message = {"role": "assistant", "content": "Hello.", "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    value = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1795000000,
        "model": "m",
        "choices": [choice],
        "usage": usage,
    }
    return {key: each for key, each in {**value, **changes}.items() if each is not ...}


def chunk(delta: dict[str, Any], reason: str | None = None, **changes: Any) -> dict[str, Any]:
    """Build a chunk of one choice; a change to `...` takes the key away."""
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
    value = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1795000000,
        "model": "m",
        "choices": [choice],
    }
    return {key: each for key, each in {**value, **changes}.items() if each is not ...}


HEAD = chunk({"role": "assistant", "content": "", "refusal": None})
"""How a stream begins."""
END = chunk({}, "stop")
"""How it ends."""
