"""Coze's error codes, and what clients are told of them."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from reference_server.engines.upstream_errors import UpstreamBroken, UpstreamFailure, UpstreamRefusedUs
from reference_server.errors import INVALID, Refusal, retry_headers

LOG_IDS = ("x-tt-logid", "x-log-id")
"""The headers that name a request in Coze's own logs: the cloud's and Studio's."""
CODE, LOG_ID = "x-coze-code", "x-coze-logid"
"""The headers that tell of them."""
SAFE = re.compile(r"[\w.-]{1,128}", re.ASCII)
CREDENTIALS = frozenset({4100, 4101, 700012006, 103000001})
"""The key is unknown, or has no right to this bot: 4101 is said of unknown keys as well."""
OCCUPIED = frozenset({"4016"})
LONGEST_WORDS = 500
MOST_DIGITS = 12
UNKNOWN = -1
RETRY_AFTER = 1.0
"""Seconds after which to come back where Coze does not say."""
Json = Mapping[str, Any]


class Meaning(NamedTuple):
    """What a code means; `retry` tells clients whether to try again, None leaves it to the status."""

    status: int
    code: str
    words: str
    kind: str = "server_error"
    retry: bool | None = None


BAD = Meaning(400, "invalid_value", "The engine does not take this request", INVALID)
NO_BOT = Meaning(404, "model_not_found", "The model's bot does not exist, or is not published to the API", INVALID)
GONE = Meaning(404, "not_found", "What this request goes on from is not there any more", INVALID)
FAULT = Meaning(502, "upstream_error", "The engine failed")
MEANINGS: Mapping[int, Meaning] = {
    **dict.fromkeys((400, 4000, 103000000), BAD),
    **dict.fromkeys((4200, 103100002), NO_BOT),
    **dict.fromkeys((103000002, 103200001, 103200003), GONE),
    4013: Meaning(429, "rate_limit_exceeded", "The engine gets too many requests", "requests"),
    4016: Meaning(409, "conversation_occupied", "The engine is still at work in this conversation", INVALID),
    4028: Meaning(429, "insufficient_quota", "The engine's quota is used up", "insufficient_quota", retry=False),
    **dict.fromkeys((5000, 103100001, 103200002, 103000003, 702242001), FAULT),
}


class CozeFailure(Refusal):
    """A request that Coze refused, or failed at."""

    def __init__(self, number: int, words: str = "", headers: Mapping[str, str] | None = None) -> None:
        """`number` and `words` are Coze's own, `headers` those of its response, by their names in small letters."""
        meaning, headers = MEANINGS.get(number, FAULT), headers or {}
        # Its words are about the request only where the request is bad; elsewhere they are the operator's business.
        said = f": {words[:LONGEST_WORDS]}" if words and meaning is BAD else ""
        message = f"{meaning.words}{said} (Coze's code {number})."
        told = {CODE: str(number), **log_id(headers), **retry(meaning, headers)}
        # Whatever else a request may have does not come to Coze.
        param = "messages" if meaning is BAD else None
        super().__init__(meaning.status, message, code=meaning.code, param=param, kind=meaning.kind, headers=told)


def log_id(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the header that names a request in Coze's own logs, if it does."""
    found = next((headers[name] for name in LOG_IDS if name in headers), "")
    return {LOG_ID: found} if SAFE.fullmatch(found) else {}


def retry(meaning: Meaning, headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return whether and when to come back."""
    if meaning.retry is not None:
        return {"x-should-retry": str(meaning.retry).lower()}
    if meaning.status != 429:
        return {}
    said = headers.get("retry-after", "")
    return retry_headers(float(said) if said.isascii() and said.isdigit() else RETRY_AFTER)


def failure(number: int, words: str = "", headers: Mapping[str, str] | None = None) -> Refusal:
    """Return what a client is told of a code that is not 0."""
    if number in CREDENTIALS:
        # It is this server's key: a client that is told 401 would look for the fault at its own.
        refused = UpstreamRefusedUs(number)
        refused.headers = {**refused.headers, CODE: str(number), **log_id(headers or {})}
        return refused
    return CozeFailure(number, words, headers)


def failure_in(value: Json, headers: Mapping[str, str] | None = None) -> Refusal | None:
    """Return the failure that an envelope tells of, None where it tells of none: `code` comes before all else."""
    number = number_of(value.get("code"))
    return failure(number, str(value.get("msg") or ""), headers) if number else None


def number_of(code: Any) -> int:
    """Return a code as a number, 0 for none at all, UNKNOWN for what is no number."""
    if code is None or (isinstance(code, int) and not isinstance(code, bool)):
        return code or 0
    is_number = isinstance(code, str) and code.isascii() and code.isdigit() and len(code) <= MOST_DIGITS
    return int(code) if is_number else UNKNOWN


def failure_of(status: int, headers: Mapping[str, str]) -> UpstreamFailure | Refusal:
    """Return the failure that a bare HTTP status stands for."""
    if status in (401, 403):
        return failure(4100, headers=headers)
    if status == 400:
        return failure(400, headers=headers)
    if status == 429:
        return failure(4013, headers=headers)
    if status >= 500:
        return failure(5000, headers=headers)
    return UpstreamBroken(f"status {status}")
