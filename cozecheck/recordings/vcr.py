"""The family of VCR: vcrpy old and new, VCR for Ruby, go-vcr, LangChain's."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from cozecheck.errors import UsageError
from cozecheck.exchange import Exchange
from cozecheck.recordings import parts
from cozecheck.recordings.recording import Recording

OWN: Final = "cozecheck"
"""The key under which our own cassettes keep what VCR has no place for."""

_LISTS: Final = {"interactions": "vcrpy", "http_interactions": "vcr-ruby"}
_GO: Final = frozenset(("id", "form", "proto", "content_length", "code", "duration"))


def is_one(document: Any) -> bool:
    """Whether a document is a cassette."""
    return isinstance(document, dict) and any(map(document.__contains__, (*_LISTS, "requests", "request")))


def read(document: Mapping[str, Any], name: str, where: str) -> Iterator[Recording]:
    """Yield the recordings of a cassette, each with `NAME:NUMBER` as its id; raises UsageError for what is none."""
    format, interactions = _interactions(document, where)
    for number, interaction in enumerate(interactions, 1):
        place = f"{where}: interaction {number}"
        yield _recording(parts.mapping(interaction, place), format, f"{name}:{number}", place)


def _interactions(document: Mapping[str, Any], where: str) -> tuple[str, list[Any]]:
    for key, format in _LISTS.items():
        if key in document:
            return format, parts.listed(document[key] or [], f"{where}: {key}")
    if "request" in document:
        return "vcrpy", [document]
    asked = parts.listed(document["requests"], f"{where}: requests")
    answered = parts.listed(document.get("responses"), f"{where}: responses")
    if len(asked) != len(answered):
        raise UsageError(f"{where}: {len(asked)} requests, and {len(answered)} responses")
    return "langchain", [{"request": one, "response": other} for one, other in zip(asked, answered, strict=True)]


def _recording(value: Mapping[str, Any], format: str, id: str, where: str) -> Recording:
    at_request, at_response = f"{where}: request", f"{where}: response"
    asked = parts.mapping(value.get("request"), at_request)
    answered = parts.mapping(value.get("response"), at_response)
    own = parts.mapping(value.get(OWN) or {}, f"{where}: {OWN}")
    status = _status(answered)
    request = parts.request(
        asked.get("method"),
        asked.get("uri", asked.get("url")),
        parts.header_lines(asked.get("headers"), f"{at_request}.headers"),
        _body(asked, at_request),
        at_request,
    )
    response = parts.response(
        status,
        parts.header_lines(answered.get("headers"), f"{at_response}.headers"),
        _body(answered, at_response),
        at_response,
        parts.reads(own.get("reads"), f"{where}: {OWN}"),
    )
    exchange = Exchange(
        replace(request, is_whole=request.is_whole and own.get("cut") is not True),
        response if status else None,
        failure=parts.failure(own.get("failure"), f"{where}: {OWN}.failure"),
        id=id,
        left=own.get("left") is True,
    )
    return parts.recording(
        exchange,
        "go-vcr" if not _GO.isdisjoint((*asked, *answered)) else format,
        at=value.get("recorded_at"),
        provenance=own.get("provenance", ""),
        notes=own.get("notes"),
    )


def _status(answered: Mapping[str, Any]) -> Any:
    """`{code: 200}`, 200, `status_code: 200`, or go's `status: 200 OK` beside `code: 200`."""
    status = answered.get("code", answered.get("status_code", answered.get("status")))
    return status.get("code") if isinstance(status, dict) else status


def _body(part: Mapping[str, Any], where: str) -> bytes | str:
    """A text, bytes, or an object that wraps them; Pydantic AI's cassettes hold the JSON itself."""
    if "parsed_body" in part:
        return json.dumps(part["parsed_body"], ensure_ascii=False, default=lambda _: None)
    body = part.get("body", part.get("content"))
    if isinstance(body, dict):
        packed = body.get("base64_string", body.get("base64"))
        if isinstance(packed, str):
            return parts.unpacked("".join(packed.split()), f"{where}.body")
        body = body.get("string")
    if body is None:
        return b""
    if isinstance(body, str | bytes):
        return body
    raise UsageError(f"{where}.body: a text is expected")
