"""What of a request matters to whoever passes it on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from python_multipart.multipart import parse_options_header

from reference_server.protocol.json_body import parse_object

# A list of those that pass, not of those that don't: a proxy before us may add credentials under any name.
HEADERS = (
    "accept",
    "content-type",
    "idempotency-key",
    "openai-beta",
    "traceparent",
    "tracestate",
    "x-client-request-id",
)
CAPS: Mapping[str, tuple[str, ...]] = {
    "/chat/completions": ("max_completion_tokens", "max_tokens"),
    "/completions": ("max_tokens",),
    "/responses": ("max_output_tokens",),
}
"""The parameters that bound an answer, by path; the first is set where none is given."""


@dataclass(frozen=True, slots=True)
class Relayed:
    """A body, the model it names, and whether it asks for events. `model_at` is where a form holds the model."""

    body: bytes
    model: str | None = None
    streams: bool = False
    fields: Mapping[str, Any] | None = None
    model_at: slice | None = None

    def asking(self, model: str | None, caps: Mapping[str, int]) -> Mapping[str, Any] | bytes:
        """Return the body with another model and with bounds; the bytes as they came where nothing changes."""
        if self.model_at and model not in (None, self.model):
            assert model is not None
            return self.body[: self.model_at.start] + model.encode() + self.body[self.model_at.stop :]
        if self.fields is None:
            return self.body
        changes = {**({"model": model} if model is not None else {}), **caps}
        changed = {key: value for key, value in changes.items() if self.fields.get(key) != value}
        return {**self.fields, **changed} if changed else self.body


def parse_relayed(content_type: str, body: bytes) -> Relayed:
    """Read a form or a JSON object; no body is fine."""
    if not body:
        return Relayed(body)
    if content_type.startswith("multipart/form-data"):
        found = form_field(content_type, body, b"model")
        return Relayed(body, body[found].decode("utf-8", "replace") if found else None, model_at=found)
    fields = parse_object(body)
    model = fields.get("model")
    return Relayed(body, model if isinstance(model, str) else None, fields.get("stream") is True, fields)


def caps(path: str, fields: Mapping[str, Any] | None, most: int | None) -> Mapping[str, int]:
    """Return the bounds to set for an answer of at most so many tokens."""
    names = CAPS.get(path, ())
    if most is None or fields is None or not names:
        return {}
    given = [name for name in names if fields.get(name) is not None]
    # What is no number is for the upstream to refuse.
    return {name: most for name in given or names[:1] if not isinstance(fields.get(name), int) or fields[name] > most}


def passed_on(headers: Mapping[str, str], request_id: str) -> Mapping[str, str]:
    """Return the headers that an upstream gets."""
    kept = {name: headers[name] for name in HEADERS if name in headers}
    return {**kept, "x-request-id": request_id}


def form_field(content_type: str, body: bytes, name: bytes) -> slice | None:
    """Find the value of a field in a multipart form."""
    boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
    delimiter = b"--" + boundary
    naming = re.compile(rb"content-disposition:[^\r\n]*;\s*name=(\"?)" + re.escape(name) + rb"\1\s*(;|\r|$)", re.I)
    at = body.find(delimiter) if boundary else -1
    while at >= 0:
        head, end = body.find(b"\r\n\r\n", at), body.find(b"\r\n" + delimiter, at)
        if head < 0 or end < 0:
            return None
        if naming.search(body, at, head):
            return slice(head + 4, end)
        at = end + 2
    return None
