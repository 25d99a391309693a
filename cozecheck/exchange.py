"""What went over the wire: one request and its response, frozen."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property, wraps
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import jiter

from cozecheck import encoding, sse

T = TypeVar("T")

MAX_CONTENT: Final = 32 * 1024 * 1024
"""Bytes a body may unpack to."""


class Absent:
    """The type of `ABSENT`: there is no such value, which is not the same as null."""

    def __repr__(self) -> str:
        return "absent"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent()


@dataclass(frozen=True)
class Headers:
    """Header lines in the order and spelling in which they were sent."""

    lines: tuple[tuple[str, str], ...] = ()

    @cached_property
    def _by_name(self) -> dict[str, str]:
        return {name.lower(): value for name, value in reversed(self.lines)}

    def get(self, name: str) -> str | None:
        """Return the first value of *name* (lower case), or None."""
        return self._by_name.get(name)

    def __bool__(self) -> bool:
        return bool(self.lines)


@dataclass(frozen=True, slots=True)
class Read:
    """One read from the socket: *at* seconds after the request was sent, *size* bytes."""

    at: float
    size: int


@dataclass(frozen=True, slots=True)
class Parsed:
    """A JSON text: its value, or ABSENT, and how it departs from strict JSON, if it does."""

    value: Any
    fault: str = ""


def parse_json(text: bytes | str) -> Parsed:
    """Parse strictly (RFC 8259: no NaN, no key twice, sane depth); where that fails, say why and be lenient."""
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    try:
        return Parsed(jiter.from_json(raw, allow_inf_nan=False, catch_duplicate_keys=True))
    except ValueError as error:
        fault = str(error)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return Parsed(ABSENT, fault)
    # A lone surrogate is legal JSON text, if not a legal character: the checks on text speak of it.
    return Parsed(value, "" if "hex escape" in fault or "surrogate" in fault else fault)


@dataclass(frozen=True)
class Request:
    """What was sent."""

    method: str
    url: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    is_whole: bool = True
    """The body is known; a recorder may have cut it."""

    @cached_property
    def path(self) -> str:
        """The path of the URL, without the query."""
        return urlsplit(self.url).path

    @cached_property
    def parsed(self) -> Parsed:
        """The body as JSON; ABSENT where there is none."""
        return parse_json(self.body) if self.body.strip() else Parsed(ABSENT)

    @property
    def json(self) -> dict[str, Any]:
        """The body where it is a JSON object, else an empty one."""
        value = self.parsed.value
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True)
class Response:
    """What came back; *body* is as received, content-encoding and all."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    http_version: str = ""
    reads: tuple[Read, ...] = ()

    @cached_property
    def decoded(self) -> encoding.Decoded:
        """The body with its content-encoding undone, within `MAX_CONTENT`."""
        return encoding.decode(self.body, self.headers.get("content-encoding"), MAX_CONTENT)

    @property
    def content(self) -> bytes:
        """The body as meant."""
        return self.decoded.content

    @cached_property
    def is_stream(self) -> bool:
        """Whether the body is an event stream, judged by its bytes; an empty one by its Content-Type."""
        return sse.looks_like_stream(self.content) or (not self.content and self.media_type == "text/event-stream")

    @cached_property
    def stream(self) -> sse.Stream:
        """The body read as an event stream."""
        return sse.read(self.content)

    @cached_property
    def payloads(self) -> tuple[Parsed, ...]:
        """The data of each event as JSON; ABSENT for `[DONE]` and for what is no JSON."""
        nothing = Parsed(ABSENT)
        return tuple(nothing if each.data == sse.DONE else parse_json(each.data) for each in self.stream.events)

    @cached_property
    def parsed(self) -> Parsed:
        """The body as JSON; ABSENT for a stream and for an empty body."""
        if self.is_stream or not self.content.strip():
            return Parsed(ABSENT)
        return parse_json(self.content)

    @property
    def json(self) -> Any:
        """The JSON value of the body, or ABSENT."""
        return self.parsed.value

    @cached_property
    def media_type(self) -> str | None:
        """The Content-Type without its parameters, in lower case; None where there is no such header."""
        value = self.headers.get("content-type")
        return None if value is None else value.partition(";")[0].strip().lower()

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300


class FailureKind(StrEnum):
    """Where an exchange broke."""

    CONNECT = "connect"
    FIRST_BYTE = "first byte"
    IDLE = "idle"
    TOTAL = "total"
    SIZE = "size"
    EVENTS = "events"
    CUT = "cut"
    PROTOCOL = "protocol"


@dataclass(frozen=True, slots=True)
class Failure:
    """What broke, in words, and after how many seconds."""

    kind: FailureKind
    detail: str
    seconds: float = 0.0


@dataclass(frozen=True)
class Exchange:
    """One request and its response; *failure* says where it broke, and *response* then holds what had come."""

    request: Request
    response: Response | None = None
    failure: Failure | None = None
    id: str = ""
    scenario: str = ""
    name: str = ""
    origin: str = ""
    left: bool = False
    """We closed the connection ourselves, on purpose, before the response ended."""
    sdk: str = ""
    """What the official client makes of it: `survives`, or `raises TYPE in WHERE: WORDS`; empty where not asked."""

    @cached_property
    def readings(self) -> dict[Callable[["Exchange"], Any], Any]:
        """What views have read of it so far: see `read_once`."""
        return {}


def read_once(view: Callable[[Exchange], T]) -> Callable[[Exchange], T]:
    """Keep what *view* reads with the exchange: a hundred checks share a few views."""

    @wraps(view)
    def read(exchange: Exchange) -> T:
        readings = exchange.readings
        if view not in readings:
            readings[view] = view(exchange)
        found: T = readings[view]
        return found

    return read
