"""Values as they go over the wire, built: a few words say what is special."""

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cozecheck.exchange import Exchange, Failure, Headers, Read, Request, Response

MODEL = "gpt-4o-mini"
ANSWERED_BY = "gpt-4o-mini-2024-07-18"
NOW = 1_760_000_000
DATE = "Thu, 09 Oct 2025 08:53:20 GMT"
KEY = "sk-example-0123456789abcdef"
BASE = "http://127.0.0.1:8000/v1"
ID = "chatcmpl-AbCdEfGhIjKlMnOpQrStUvWxYz012"


def exchange(
    asked: Any = None,
    answered: Any = None,
    *,
    method: str = "POST",
    path: str = "/chat/completions",
    status: int = 200,
    sent: Mapping[str, str | None] | None = None,
    headers: Mapping[str, str | None] | None = None,
    http_version: str = "HTTP/1.1",
    reads: tuple[Read, ...] = (),
    scenario: str = "",
    name: str = "",
) -> Exchange:
    """Build an exchange from JSON values, texts or bytes.

    *path* counts from `BASE`, unless it is a whole URL; *sent* and *headers* add header lines, None drops one.
    """
    body = raw(answered)
    said = "text/event-stream; charset=utf-8" if body.startswith((b"data:", b":", b"event:")) else "application/json"
    return Exchange(
        Request(
            method=method,
            url=path if path.startswith("http") else BASE + path,
            headers=_headers({"content-type": "application/json", "authorization": f"Bearer {KEY}"}, sent),
            body=raw(asked),
        ),
        Response(
            status=status,
            headers=_headers({"content-type": said, "date": DATE, "x-request-id": "req_1"}, headers),
            body=body,
            http_version=http_version,
            reads=reads,
        ),
        scenario=scenario,
        name=name,
    )


def raw(value: Any) -> bytes:
    """Return *value* as it is sent: bytes and texts as they are, None as nothing, all else as JSON."""
    if value is None or isinstance(value, bytes):
        return value or b""
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


def _headers(lines: Mapping[str, str | None], more: Mapping[str, str | None] | None) -> Headers:
    merged = {**lines, **(more or {})}
    return Headers(tuple((name, value) for name, value in merged.items() if value is not None))


def recorded(whole: Exchange) -> Exchange:
    """The same exchange from a recording, which keeps no HTTP version."""
    assert whole.response is not None
    return replace(whole, response=replace(whole.response, http_version=""))


def broken(failure: Failure, *, answered: Any = None) -> Exchange:
    """An exchange that broke before, or within, the answer."""
    whole = exchange(asking(), answered)
    return replace(whole, failure=failure, response=whole.response if answered is not None else None)


def asking(text: str = "Say hello.", **parameters: Any) -> dict[str, Any]:
    """The body of a chat request."""
    return {"model": MODEL, "messages": [turn("user", text)], **parameters}


def turn(role: str, content: Any) -> dict[str, Any]:
    """One message."""
    return {"role": role, "content": content}


def put(value: Any, pointer: str, new: Any) -> Any:
    """A copy of a JSON value with *new* at a JSON Pointer."""
    changed = copy.deepcopy(value)
    place, key = _place(changed, pointer)
    place[key] = new
    return changed


def drop(value: Any, *pointers: str) -> Any:
    """A copy of a JSON value without what stands at the JSON Pointers."""
    changed = copy.deepcopy(value)
    for pointer in pointers:
        place, key = _place(changed, pointer)
        del place[key]
    return changed


def _place(value: Any, pointer: str) -> tuple[Any, Any]:
    *steps, last = (int(step) if step.isdigit() else step for step in pointer.lstrip("/").split("/"))
    for step in steps:
        value = value[step]
    return value, last


def usage(prompt: Any = 10, completion: Any = 3, **more: Any) -> dict[str, Any]:
    """A usage object."""
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion, **more}


def choice(text: Any = "Hello there.", *, finish: Any = "stop", index: Any = 0, **message: Any) -> dict[str, Any]:
    """One choice of a chat completion."""
    said = {"role": "assistant", "content": text, "refusal": None, **message}
    return {"index": index, "message": said, "logprobs": None, "finish_reason": finish}


def chat_body(*choices: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A chat completion as OpenAI sends it."""
    return {
        "id": ID,
        "object": "chat.completion",
        "created": NOW,
        "model": ANSWERED_BY,
        "choices": list(choices or (choice(),)),
        "usage": usage(),
        "system_fingerprint": "fp_1",
        **changes,
    }


def answer(body: Any = None, *, asked: Any = None, **more: Any) -> Exchange:
    """A chat completion sent as one body."""
    return exchange(asked or asking(), chat_body() if body is None else body, **more)


def chunk(delta: Any = None, *, finish: Any = None, index: Any = 0, **changes: Any) -> dict[str, Any]:
    """A chunk of a streamed chat completion, with one choice."""
    piece = {"index": index, "delta": delta or {}, "logprobs": None, "finish_reason": finish}
    head = {"id": ID, "object": "chat.completion.chunk", "created": NOW, "model": ANSWERED_BY}
    return {**head, "system_fingerprint": "fp_1", "choices": [piece], **changes}


OPENING = chunk({"role": "assistant", "content": "", "refusal": None})
HELLO = (OPENING, chunk({"content": "Hello"}), chunk({"content": " there."}), chunk(finish="stop"))
"""The chunks of a short answer."""


def with_usage(*chunks: dict[str, Any], last: dict[str, Any] | None = None) -> tuple[dict[str, Any], ...]:
    """The chunks as they come where usage was asked for."""
    final = chunk(choices=[], usage=usage()) if last is None else last
    return (*({**each, "usage": None} for each in chunks or HELLO), final)


def chat_stream(*events: Any, done: bool = True) -> bytes:
    """An event stream of JSON values, or of data given as text."""
    data = [each if isinstance(each, str) else json.dumps(each) for each in events]
    return "".join(f"data: {each}\n\n" for each in (*data, *(["[DONE]"] if done else []))).encode()


def stream(*events: Any, asked: Any = None, done: bool = True, **more: Any) -> Exchange:
    """A chat completion sent as a stream; a short whole one where nothing is given."""
    return exchange(asked or asking(stream=True), chat_stream(*(events or HELLO), done=done), **more)


USAGE_ASKED: dict[str, Any] = {"stream": True, "stream_options": {"include_usage": True}}


def usage_stream(*events: Any, **more: Any) -> Exchange:
    """A stream that was asked for its usage; a whole one where nothing is given."""
    return stream(*(events or with_usage()), asked=asking(**USAGE_ASKED), **more)


def error(
    message: Any = "No.", *, type: Any = "invalid_request_error", param: Any = None, code: Any = None
) -> dict[str, Any]:
    """An error in its envelope."""
    return {"error": {"message": message, "type": type, "param": param, "code": code}}


def refusal(status: int = 400, body: Any = None, *, asked: Any = None, **more: Any) -> Exchange:
    """A refused chat request."""
    return exchange(asking() if asked is None else asked, error() if body is None else body, status=status, **more)


def model_item(id: str = MODEL, **changes: Any) -> dict[str, Any]:
    """A model as it stands in the list."""
    return {"id": id, "object": "model", "created": NOW, "owned_by": "openai", **changes}


def models(*items: Any, **more: Any) -> Exchange:
    """The list of models."""
    listed = {"object": "list", "data": list(items or (model_item(),))}
    return exchange(answered=listed, method="GET", path="/models", **more)


def model(id: str = MODEL, answered: Any = None, **more: Any) -> Exchange:
    """An answer about one model."""
    body = model_item(id) if answered is None else answered
    return exchange(answered=body, method="GET", path=f"/models/{id}", **more)
