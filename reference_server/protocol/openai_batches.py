"""OpenAI's batches: a request body, and the lines of an input file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reference_server.errors import Refusal
from reference_server.protocol.fields import Reader, free_object, integer, mapping, nullable, one_of, record, short_text
from reference_server.protocol.fields import text as words
from reference_server.protocol.json_body import parse_object
from reference_server.protocol.openai_files import BATCH_LIFE

PREFIX = "/v1"
ENDPOINTS = tuple(
    PREFIX + path
    for path in (
        "/chat/completions",
        "/completions",
        "/embeddings",
        "/moderations",
        "/responses",
        "/images/generations",
    )
)
MOST_LINES = 50_000

expiry = record({"anchor": one_of("created_at"), "seconds": integer(3600, BATCH_LIFE)})
required: Mapping[str, Reader] = {
    "completion_window": one_of("24h"),
    "endpoint": one_of(*ENDPOINTS),
    "input_file_id": words,
}
optional: Mapping[str, Reader] = {
    "metadata": nullable(mapping(short_text(512), most=16, longest_key=64)),
    "output_expires_after": expiry,
}
creation = record(required, optional)
line_fields = record({"custom_id": words, "method": one_of("POST"), "url": words, "body": free_object})


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """What a batch is to do; `life` is of its output files, in seconds, None is for good."""

    input_file_id: str
    endpoint: str
    completion_window: str
    metadata: Mapping[str, str] | None
    life: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a batch."""

    custom_id: str
    url: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, or with the file (`line` None); lines count from 1."""

    code: str
    message: str
    line: int | None = None
    param: str | None = None


def parse_batch(body: bytes) -> BatchRequest:
    """Read a request for a batch."""
    given = creation(parse_object(body), "")
    return BatchRequest(
        given["input_file_id"],
        given["endpoint"],
        given["completion_window"],
        given.get("metadata"),
        given.get("output_expires_after", {}).get("seconds"),
    )


def parse_lines(content: bytes, endpoint: str) -> tuple[list[Line], list[Fault]]:
    """Read an input file; where there are faults, none of its lines is to be sent."""
    texts = [(number, text) for number, text in enumerate(content.split(b"\n"), 1) if text.strip()]
    if not texts:
        return [], [Fault("empty_file", "The input file is empty.")]
    if len(texts) > MOST_LINES:
        return [], [Fault("too_many_requests", f"The input file holds more than {MOST_LINES} requests.")]
    parsed = [(number, _line(number, text)) for number, text in texts]
    lines = [(number, line) for number, line in parsed if isinstance(line, Line)]
    faults = [line for _, line in parsed if isinstance(line, Fault)]
    return [line for _, line in lines], [*faults, *_faults(lines, endpoint)]


def _line(number: int, text: bytes) -> Line | Fault:
    try:
        given = line_fields(parse_object(text), "")
    except Refusal as refusal:
        return Fault(refusal.code or "invalid_json_line", refusal.message, number, refusal.param)
    return Line(given["custom_id"], given["url"], given["body"])


def _faults(lines: list[tuple[int, Line]], endpoint: str) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, line in lines:
        if line.url != endpoint:
            yield Fault("mismatched_url", f"The URL '{line.url}' is not the batch's '{endpoint}'.", number, "url")
        if line.custom_id in seen:
            message = f"The custom_id '{line.custom_id}' is used more than once."
            yield Fault("duplicate_custom_id", message, number, "custom_id")
        seen.add(line.custom_id)
