"""Gives requests their id and their record, and responses the headers that all of them carry."""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from random import Random

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference_server.formatting.identifiers import request_id
from reference_server.observed import Observed

log = logging.getLogger(__name__)

OPENAI_VERSION = (b"openai-version", b"2020-10-01")
VALID_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}").fullmatch
UNFIT = re.compile(r"[^ -~]")
LONGEST = 1024
Observer = Callable[[Observed], None]


class Identify:
    """Gives each request an id and a record, and each response the headers that every response carries."""

    def __init__(
        self,
        app: ASGIApp,
        clock: Callable[[], float],
        entropy: Random,
        prefix: str = "",
        observers: Sequence[Observer] = (),
    ) -> None:
        """The clock is monotonic, in seconds. Each of `observers` gets the record of each request that has ended.

        `prefix` is the path that operations are below.
        """
        self._app = app
        self._clock = clock
        self._entropy = entropy
        self._prefix = prefix
        self._below = f"{prefix}/"
        self._observers = observers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen = scope["observed"] = self._observed(scope)
        scope["request_id"] = seen.request_id
        sending = Sending(seen, send, self._clock)
        try:
            await self._app(scope, receive, sending)
        except BaseException as error:
            seen.error = seen.error or type(error).__name__
            raise
        finally:
            seen.ended = self._clock()
            # Whatever ends without an answer and without an error ends because nobody listens any more.
            seen.client_left = not sending.whole and seen.error is None
            self._tell(seen)

    def _tell(self, seen: Observed) -> None:
        for observe in self._observers:
            try:
                observe(seen)
            except Exception:
                # The answer is sent: what can't be counted or logged is no failure of the request.
                log.exception("%s could not be observed", seen.request_id)

    def _observed(self, scope: Scope) -> Observed:
        identity = trace = None
        for name, value in scope["headers"]:
            if name == b"x-request-id" and VALID_ID(value):
                identity = value.decode()
            elif name == b"traceparent":
                trace = value.decode("latin-1")
        path = scope["path"]
        return Observed(
            request_id=identity or request_id(self._entropy),
            method=scope["method"],
            path=path,
            began=self._clock(),
            operation=path[len(self._prefix) :] if path.startswith(self._below) else "",
            trace=trace,
        )


class Sending:
    """Sends a response with the headers that all carry, and notes how it goes; `whole` is whether it is at its end."""

    __slots__ = ("_clock", "_seen", "_send", "whole")

    def __init__(self, seen: Observed, send: Send, clock: Callable[[], float]) -> None:
        self._seen = seen
        self._send = send
        self._clock = clock
        self.whole = False

    async def __call__(self, message: Message) -> None:
        """Send a message."""
        seen = self._seen
        if message["type"] == "http.response.start":
            seen.first_byte = self._clock()
            seen.status = message["status"]
            message["headers"] = [*message["headers"], *headers(seen, seen.first_byte)]
        elif not message.get("more_body"):
            self.whole = True
        await self._send(message)


def headers(seen: Observed, now: float) -> Iterator[tuple[bytes, bytes]]:
    """Yield the headers of a response, those of the adapter's own where there is something to say."""
    yield b"x-request-id", seen.request_id.encode()
    yield b"openai-processing-ms", b"%d" % max((now - seen.began) * 1000, 0)
    yield OPENAI_VERSION
    if seen.engine is not None:
        yield b"x-adapter-engine", fit(seen.engine)
    if seen.route is not None:
        yield b"x-adapter-route", fit(seen.route)
    if seen.attempts:
        yield b"x-adapter-attempts", b"%d" % seen.attempts
    if seen.overflow is not None:
        yield b"x-adapter-overflow", fit(seen.overflow)
    if seen.dropped:
        yield b"x-adapter-dropped-params", fit(", ".join(seen.dropped))
    if seen.cache is not None:
        yield b"x-cache", fit(seen.cache.upper())


@lru_cache(1024)
def fit(value: str) -> bytes:
    """Return a header's value: printable ASCII, with `?` for the rest, and of bounded length."""
    return UNFIT.sub("?", value[:LONGEST]).encode()
