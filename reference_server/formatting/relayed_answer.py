"""Answers of an upstream, as clients get them."""

from collections.abc import Callable, Mapping
from typing import Any

from reference_server.engines.upstream_errors import UpstreamBroken, UpstreamRefusedUs
from reference_server.errors import INVALID, Refusal
from reference_server.formatting.json_text import repeated
from reference_server.protocol.json_body import read_object

HEADERS = ("content-type", "content-disposition")
RETRY_HEADERS = ("retry-after", "retry-after-ms", "x-should-retry")
OURS = (401, 402, 403, 407)
"""Statuses that are about our own account with the upstream."""
Json = dict[str, Any]


def kept(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Return what is said of the body."""
    return [(name.encode(), headers[name].encode("latin-1", "replace")) for name in HEADERS if name in headers]


def ids(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Return the upstream's id for the request under a name that is not taken."""
    upstream = headers.get("x-request-id")
    return [(b"x-upstream-request-id", upstream.encode("latin-1", "replace"))] if upstream else []


def parsed(body: bytes) -> Json:
    """Read a JSON object; UpstreamBroken for anything else."""
    try:
        return read_object(body)
    except Refusal as error:
        raise UpstreamBroken("no JSON object") from error


def renamed(value: Json, model: str | None) -> bool:
    """Give an answer, or the response that an event carries, the name the client asked by; tell if that changed it."""
    changed = False
    for holder in (value, value.get("response")):
        if model is not None and isinstance(holder, dict) and holder.get("model", model) != model:
            holder["model"] = model
            changed = True
    return changed


def rewritten(value: Json) -> bytes:
    """Return a changed answer as JSON; UpstreamBroken for one with a number beyond all bounds."""
    try:
        return repeated(value)
    except ValueError as error:
        raise UpstreamBroken("an infinite number") from error


def answer_body(body: bytes, model: str | None, note: Callable[[Json], None]) -> bytes:
    """Return a JSON answer under the client's name for the model; the same bytes where that is its name already."""
    value = parsed(body)
    note(value)
    return rewritten(value) if renamed(value, model) else body


def refusal(status: int, headers: Mapping[str, str], body: bytes) -> Refusal:
    """Return what an upstream's error means to the client: its status and its words in an envelope."""
    if status in OURS:
        return UpstreamRefusedUs(status)
    if status < 400:
        return UpstreamBroken(f"status {status}")
    told = envelope_of(body)
    retry = {name: headers[name] for name in RETRY_HEADERS if name in headers}
    kind, code, param = (told.get(key) for key in ("type", "code", "param"))
    return Refusal(
        status,
        str(told.get("message") or f"The engine answered with status {status}."),
        kind=kind if isinstance(kind, str) else "server_error" if status >= 500 else INVALID,
        # llama.cpp and vLLM repeat the status here, as a number: that is no code.
        code=code if isinstance(code, str) else None,
        param=param if isinstance(param, str) else None,
        headers=retry,
    )


def envelope_of(body: bytes) -> Json:
    """Return what an error says of itself: in OpenAI's envelope, bare as older vLLMs do, or nothing."""
    try:
        value = parsed(body)
    except UpstreamBroken:
        return {}
    error = value.get("error", value)
    if isinstance(error, str):
        return {"message": error}
    return error if isinstance(error, dict) and isinstance(error.get("message"), str) else {}
