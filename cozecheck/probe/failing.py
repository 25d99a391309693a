"""What broke an exchange, in words: errors and limits to Failure."""

import os
import socket
import ssl
from dataclasses import dataclass
from typing import Final

import h2.events
import h2.exceptions
import httpcore2

from cozecheck.exchange import FailureKind
from cozecheck.probe.limits import Limits

CONNECTION_ERRORS: Final = (
    httpcore2.NetworkError,
    httpcore2.TimeoutException,
    httpcore2.ProtocolError,
    h2.exceptions.H2Error,
    OSError,
)
"""Everything a target can make the libraries raise."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an exchange had come: *received* is None, and *begun* may be true, before the head is complete."""

    address: str
    received: int | None = None
    declared: int | None = None
    begun: bool = False
    ended: bool = False

    def __str__(self) -> str:
        if self.received is None:
            return f"before {'the head of the response was complete' if self.begun else 'a response came'}"
        of = "" if self.declared is None else f" of {self.declared:,}"
        return f"after {self.received:,}{of} bytes of the body"


Broken = tuple[FailureKind, str]


def broken_by(error: Exception, progress: Progress) -> Broken:
    """Say what *error* means."""
    if isinstance(error, httpcore2.ConnectError | httpcore2.ConnectTimeout):
        return FailureKind.CONNECT, f"cannot connect to {progress.address}: {_reason(error)}"
    if isinstance(error, httpcore2.NetworkError | ssl.SSLError):
        return FailureKind.CUT, f"the connection was reset {progress}"
    if isinstance(error.args[0] if error.args else None, h2.events.Event):
        return FailureKind.CUT, f"the HTTP/2 stream was reset {progress}"
    if progress.ended:
        return FailureKind.CUT, f"the connection was closed {progress}"
    part = "head" if progress.received is None else "body"
    return FailureKind.PROTOCOL, f"the {part} of the response is not valid HTTP: {_reason(error)}"


def broken_off(kind: FailureKind, limits: Limits, progress: Progress) -> Broken:
    """Say which limit was reached."""
    details = {
        FailureKind.CONNECT: f"no connection to {progress.address} within {limits.connect:g} s",
        FailureKind.FIRST_BYTE: f"no response within {limits.first_byte:g} s",
        FailureKind.IDLE: f"nothing more came for {limits.idle:g} s {progress}",
        FailureKind.TOTAL: f"not at its end after {limits.total:g} s, {progress}",
        FailureKind.SIZE: f"the body is larger than {limits.body:,} bytes",
        FailureKind.EVENTS: f"the stream has more than {limits.events:,} events",
    }
    return kind, details[kind]


def _reason(error: BaseException) -> str:
    """The innermost cause, on one line: the outer errors only say that it failed."""
    wrapped = error.args[0] if error.args else None
    inner = error.__cause__ or (wrapped if isinstance(wrapped, BaseException) else None)
    if isinstance(error, BaseExceptionGroup):
        inner = error.exceptions[0]
    if inner is not None:
        return _reason(inner)
    words = str(error) or type(error).__name__
    if isinstance(error, ssl.SSLError | socket.gaierror):
        words = error.strerror or words
    elif isinstance(error, OSError) and error.errno:
        words = os.strerror(error.errno)  # asyncio puts the call that failed in the place of the reason
    return " ".join(words.split())[:200]
