"""Builders of calls: requests to files, batches, images and audio, with their answers."""

import io
import json
import wave
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cozecheck.checks import ALL
from cozecheck.checks.judging import Bench
from cozecheck.exchange import Exchange, Headers, Request, Response
from cozecheck.scenarios.forms import form
from cozecheck.scenarios.sending import Send

BASE = "http://server/v1"
NOW = 1_795_000_000
DATE = ("date", "Wed, 18 Nov 2026 11:06:40 GMT")
Json = dict[str, Any]
FILE: Json = {
    "object": "file",
    "id": "file-1",
    "purpose": "batch",
    "filename": "requests.jsonl",
    "bytes": 3,
    "created_at": NOW,
    "expires_at": None,
    "status": "processed",
    "status_details": None,
}
BATCH: Json = {
    "id": "batch_1",
    "object": "batch",
    "endpoint": "/v1/chat/completions",
    "errors": None,
    "input_file_id": "file-1",
    "completion_window": "24h",
    "status": "completed",
    "output_file_id": "file-2",
    "error_file_id": "file-3",
    "created_at": NOW,
    "completed_at": NOW,
    "request_counts": {"total": 2, "completed": 1, "failed": 1},
    "metadata": {"a": "b"},
}


def call(
    method: str,
    path: str,
    answer: Any = None,
    asked: Any = None,
    *,
    status: int = 200,
    name: str = "",
    media_type: str = "application/json",
) -> Exchange:
    """A request and its answer; an answer or a request that is no bytes goes as JSON."""
    body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    sent = b"" if asked is None else json.dumps(asked).encode()
    return Exchange(
        Request(method, BASE + path, Headers((("content-type", "application/json"),)), sent),
        Response(status, Headers((("content-type", media_type), DATE)), body, "HTTP/1.1"),
        name=name,
    )


def posted(
    send: Send, answer: Any, *, status: int = 200, name: str = "", media_type: str = "application/json"
) -> Exchange:
    """A form that was sent, and its answer."""
    answered = call("POST", send.path, answer, status=status, name=name, media_type=media_type)
    return replace(answered, request=Request("POST", BASE + send.path, Headers(send.headers), send.body))


def upload(answer: Any, *, content: bytes = b"{}\n", status: int = 200, purpose: str = "batch") -> Exchange:
    """An uploaded file, and the answer."""
    fields = {"purpose": purpose} if purpose else {}
    send = form("upload", "/files", fields, file=("requests.jsonl", "application/jsonl", content))
    return posted(send, answer, status=status)


def tone(seconds: float = 1.0) -> bytes:
    """A silent WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(int(seconds * 16000)))
    return out.getvalue()


def heard(
    answer: Any, *, shape: str = "json", content: bytes = b"", status: int = 200, to: str = "transcriptions"
) -> Exchange:
    """A recording sent to be transcribed, and the answer."""
    fields = {"model": "whisper-1", "response_format": shape}
    send = form("heard", f"/audio/{to}", fields, file=("tone.wav", "audio/wav", content or tone()))
    return posted(send, answer, status=status)


def without(value: Mapping[str, Any], *keys: str) -> Json:
    return {key: each for key, each in value.items() if key not in keys}


def failed(id: str, exchange: Exchange) -> tuple[int, int]:
    """How often a check judged an exchange, and how often it failed it."""
    bench = Bench([check for check in ALL if check.id == id])
    bench.judge(exchange)
    tally = bench.tallies[id]
    assert not tally.error, tally.error
    return tally.judged, tally.failed


def failed_run(id: str, run: Mapping[str, Exchange]) -> tuple[int, int]:
    """The same of a relation over the exchanges of its scenario."""
    checks = [check for check in ALL if check.id == id]
    bench = Bench(checks)
    bench.relate(checks[0].scenario, run)
    tally = bench.tallies[id]
    assert not tally.error, tally.error
    return tally.judged, tally.failed
