"""A client's traffic, noted as it goes by: bytes, headers, times."""

import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from cozecheck.exchange import Exchange, Failure, FailureKind, Headers, Read, Request, Response

Keep = Callable[[Exchange], None]
PACKED = ("content-encoding", "content-length", "transfer-encoding")
"""Headers that tell of bytes which a response that was read already no longer has."""


def tap(client: Any, keep: Keep) -> Callable[[], None]:
    """Note what a client of openai, or of HTTPX, sends and receives; return what takes the tap away again.

    There is no public way to wrap the transport of a client that is made already; both libraries keep it in one place.
    A client that is tapped already stays as it is.
    """
    inner = getattr(client, "_client", client)
    if not hasattr(inner, "_transport"):
        raise TypeError(f"{type(client).__name__} is neither a client of openai nor of HTTPX")
    before, mounts = inner._transport, dict(inner._mounts)
    inner._transport = _tapped(before, keep)
    inner._mounts = {pattern: each and _tapped(each, keep) for pattern, each in mounts.items()}

    def untap() -> None:
        inner._transport, inner._mounts = before, mounts

    return untap


def _tapped(transport: Any, keep: Keep) -> Any:
    """Return a transport of the same library (HTTPX, or its continuation) that notes what goes through it."""
    if getattr(transport, "is_tapped", False):
        return transport
    library = _library(transport)
    plain: Any = library.BaseTransport
    asynchronous: Any = library.AsyncBaseTransport

    class Tapped(plain, asynchronous):  # type: ignore[misc] # of whichever library the client is
        is_tapped = True

        def handle_request(self, request: Any) -> Any:
            note = _Note(request, request.read(), keep)
            with note.failing():
                response = transport.handle_request(request)
            return note.of(response, library)

        async def handle_async_request(self, request: Any) -> Any:
            note = _Note(request, await request.aread(), keep)
            with note.failing():
                response = await transport.handle_async_request(request)
            return note.of(response, library)

        def close(self) -> None:
            transport.close()

        async def aclose(self) -> None:
            await transport.aclose()

    return Tapped()


def _library(transport: Any) -> Any:
    for kind in type(transport).__mro__:
        module = sys.modules.get(kind.__module__.partition(".")[0])
        if hasattr(module, "AsyncBaseTransport"):
            return module
    raise TypeError(f"{type(transport).__name__} is no transport of HTTPX")


class _Note:
    """One exchange while it goes by; it is kept once its response is closed, or has broken."""

    def __init__(self, request: Any, body: bytes, keep: Keep) -> None:
        self._request = Request(request.method, str(request.url), _headers(request), body)
        self._keep = keep
        self._asked_at = time.perf_counter()
        self._body = bytearray()
        self._reads: list[Read] = []
        self._is_whole = False
        self._failure: Failure | None = None

    @contextmanager
    def failing(self) -> Iterator[None]:
        """Keep an exchange in which no response came."""
        try:
            yield
        except Exception as error:
            self._failure = Failure(FailureKind.CONNECT, f"{type(error).__name__}: {error}")
            self._keep(Exchange(self._request, None, self._failure))
            raise

    def of(self, response: Any, library: Any) -> Any:
        """Return a response whose body is noted as it is read; one that was read already is kept at once."""
        if response.is_closed:
            lines = tuple(line for line in _headers(response).lines if line[0].lower() not in PACKED)
            told = Response(response.status_code, Headers(lines), response.content, _version(response))
            self._keep(Exchange(self._request, told))
        else:
            response.stream = self._stream(response, library)
        return response

    def _stream(self, response: Any, library: Any) -> Any:
        note, stream = self, response.stream
        plain: Any = library.SyncByteStream
        asynchronous: Any = library.AsyncByteStream

        class Stream(plain, asynchronous):  # type: ignore[misc] # of whichever library the client is
            def __iter__(self) -> Iterator[bytes]:
                with note.reading():
                    for piece in stream:
                        note.read(piece)
                        yield piece

            async def __aiter__(self) -> AsyncIterator[bytes]:
                with note.reading():
                    async for piece in stream:
                        note.read(piece)
                        yield piece

            def close(self) -> None:
                note.close(response)
                stream.close()

            async def aclose(self) -> None:
                note.close(response)
                await stream.aclose()

        return Stream()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Note whether the body came to its end, or broke."""
        try:
            yield
        except Exception as error:
            self._failure = Failure(FailureKind.CUT, f"{type(error).__name__}: {error}")
            raise
        self._is_whole = True

    def read(self, piece: bytes) -> None:
        """Take in a piece of the body."""
        self._body += piece
        self._reads.append(Read(time.perf_counter() - self._asked_at, len(piece)))

    def close(self, response: Any) -> None:
        """Keep the exchange; a client that closes before the end has left."""
        told = Response(
            response.status_code, _headers(response), bytes(self._body), _version(response), tuple(self._reads)
        )
        has_left = not self._is_whole and self._failure is None
        self._keep(Exchange(self._request, told, self._failure, left=has_left))


def _headers(message: Any) -> Headers:
    return Headers(tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in message.headers.raw))


def _version(response: Any) -> str:
    version: bytes = response.extensions.get("http_version", b"")
    return version.decode("latin-1")
