"""One connection to a target, with every read of its socket timed."""

import math
import ssl
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, Protocol

import httpcore2
import httpx2

from cozecheck.probe.endpoint import Endpoint

KEEP_ALIVE: Final = 1.0
"""Seconds an idle connection may be used again: less than the servers at hand keep theirs open."""

Clock = Callable[[], float]
Trace = Callable[[str, dict[str, Any]], Awaitable[None]]


class Wire:
    """What the socket of one line did since the last request went out."""

    def __init__(self, clock: Clock, head_limit: int) -> None:
        self._clock = clock
        self._head_limit = head_limit
        self._head_left = math.inf
        self.asked_at: float | None = None
        self.reads = 0
        self.read_at = 0.0
        self.ended = False

    def begin(self) -> None:
        """Forget the exchange before."""
        self.asked_at, self.reads, self.ended, self._head_left = None, 0, False, math.inf

    def asked(self) -> None:
        """Note that the request is out: now comes the head of the response."""
        self.asked_at = self._clock()
        self._head_left = self._head_limit

    def headed(self) -> None:
        """Note that the head of the response is complete."""
        if not self.reads:
            raise httpcore2.RemoteProtocolError("a response lay there before the request was sent")
        self._head_left = math.inf

    def read(self, size: int) -> None:
        """Note a read of *size* bytes; 0 is the end."""
        self.read_at = self._clock()
        self.ended = not size
        self.reads += bool(size)
        self._head_left -= size
        if self._head_left < 0:
            raise httpcore2.RemoteProtocolError(f"more than {self._head_limit:,} bytes and still no response")


class _TimedStream(httpcore2.AsyncNetworkStream):
    """A stream that tells its wire of every read."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream, wire: Wire) -> None:
        self._stream = stream
        self._wire = wire

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = await self._stream.read(max_bytes, timeout)
        self._wire.read(len(data))
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        try:
            return _TimedStream(await self._stream.start_tls(ssl_context, server_hostname, timeout), self._wire)
        except BaseException:
            await self.aclose()  # httpcore2 forgets to, when a handshake is cancelled
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _TimedBackend(httpcore2.AnyIOBackend):
    """Opens timed streams."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        try:
            stream = await super().connect_tcp(host, port, timeout, local_address, socket_options)
        except ValueError as error:  # a host that DNS has no form for
            raise httpcore2.ConnectError(error) from error
        return _TimedStream(stream, self._wire)


class Carrier(Protocol):
    """What httpcore2's pools of connections do, and an app in this process can do as well."""

    async def handle_async_request(self, request: httpcore2.Request) -> httpcore2.Response:
        """Send; return when the head of the response is there."""

    async def aclose(self) -> None:
        """Close, whatever is still on its way."""


def connection(endpoint: Endpoint, wire: Wire, ssl_context: ssl.SSLContext | None) -> Carrier:
    """Return what connects to *endpoint* when the first request comes, and tells *wire* of every read."""
    # httpcore2 is the engine under httpx2. Its client is left out: it keeps cookies from one exchange to the
    # next and hides the socket. HTTP/2 would share a connection, and httpcore2 cannot give up a single stream.
    return httpcore2.AsyncConnectionPool(
        ssl_context=ssl_context,
        max_connections=1,
        keepalive_expiry=KEEP_ALIVE,
        http1=endpoint.is_tls or not endpoint.http2,
        http2=endpoint.http2,
        network_backend=_TimedBackend(wire),
    )


class Line:
    """Carries one exchange at a time, so that a bad one harms no other; *used* says if it carried any."""

    def __init__(self, wire: Wire, carrier: Carrier) -> None:
        self.wire = wire
        self.used = False
        self._carrier = carrier

    async def ask(self, request: httpx2.Request, trace: Trace) -> httpcore2.Response:
        """Send *request*; return when the head of the response is there."""
        url = request.url
        try:
            return await self._carrier.handle_async_request(
                httpcore2.Request(
                    request.method,
                    httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                    headers=request.headers.raw,
                    content=request.content,
                    extensions={"trace": trace},
                )
            )
        except ValueError as error:  # an HTTP/2 status that is no number
            raise httpcore2.RemoteProtocolError(error) from error

    async def close(self) -> None:
        """Close the connection, whatever is still on its way."""
        await self._carrier.aclose()
