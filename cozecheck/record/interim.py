"""Stands in for `cozecheck.cassettes.write` until that is here: JSON lines, keys masked, nothing else scrubbed."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cozecheck.exchange import Headers
from cozecheck.masking import MASK, is_secret, mask_url
from cozecheck.recordings import Recording


def write(path: Path, recordings: Sequence[Recording]) -> None:
    """Write *recordings* to *path*, whole or not at all."""
    temporary = path.with_name(f".{path.name}.part")
    temporary.write_text("".join(json.dumps(_entry(each)) + "\n" for each in recordings), "utf-8")
    temporary.replace(path)


def _entry(recording: Recording) -> dict[str, Any]:
    request, response = recording.exchange.request, recording.exchange.response
    asked = {"method": request.method, "url": mask_url(request.url)}
    entry: dict[str, Any] = {
        "request": {**asked, "headers": _headers(request.headers), **_body(request.body)},
        "provenance": recording.provenance,
        "notes": dict(recording.notes),
    }
    failure = recording.exchange.failure
    if failure:
        entry["failure"] = {"kind": failure.kind.value, "detail": failure.detail, "seconds": failure.seconds}
    if recording.exchange.left:
        entry["left"] = True
    if response:
        reads = [[read.at, read.size] for read in response.reads]
        told = {"status": response.status, "headers": _headers(response.headers), "reads": reads}
        entry["response"] = {**told, **_body(response.body)}
    return entry


def _headers(headers: Headers) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers.lines:
        found.setdefault(name, []).append(MASK if is_secret(name) else value)
    return found


def _body(body: bytes) -> dict[str, str]:
    return {"body": base64.b64encode(body).decode(), "body_kind": "base64"}
