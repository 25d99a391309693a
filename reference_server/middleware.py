"""What surrounds every endpoint: pure ASGI, from the outside in."""

import asyncio
import hmac
import logging
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from random import Random

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference_server.errors import BodyTooLarge, InvalidKey, MissingKey, Refusal, ServerFault
from reference_server.formatting.errors import error_response
from reference_server.formatting.identifiers import request_id

log = logging.getLogger(__name__)

OPENAI_VERSION = (b"openai-version", b"2020-10-01")
PREFLIGHT = {"access-control-allow-methods": "GET, POST, DELETE, OPTIONS", "access-control-max-age": "600"}
EXPOSED = "x-request-id, openai-processing-ms"
WATCH_AFTER = 0.005
HEARD_OUT = 4


class Identify:
    """Gives each request an id, and each response the headers that every response carries."""

    def __init__(self, app: ASGIApp, clock: Callable[[], float], entropy: Random) -> None:
        """`clock` is in seconds."""
        self._app = app
        self._clock = clock
        self._entropy = entropy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = self._clock()
        scope["request_id"] = request_id(self._entropy)

        async def send_identified(message: Message) -> None:
            if message["type"] == "http.response.start":
                spent = max(int((self._clock() - began) * 1000), 0)
                identity = (b"x-request-id", scope["request_id"].encode())
                message["headers"] += [identity, (b"openai-processing-ms", b"%d" % spent), OPENAI_VERSION]
            await send(message)

        await self._app(scope, receive, send_identified)


class AllowOrigins:
    """Lets browsers in from the allowed origins; answers their preflights without a key."""

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        """`*` stands for every origin."""
        self._app = app
        self._origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        if "origin" not in headers:
            await self._app(scope, receive, send)
            return

        async def send_granted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._grant(headers["origin"], MutableHeaders(raw=message["headers"]))
            await send(message)

        asks = scope["method"] == "OPTIONS" and "access-control-request-method" in headers
        answer = self._preflight(headers) if asks else self._app
        await answer(scope, receive, send_granted)

    def _grant(self, origin: str, response: MutableHeaders) -> None:
        response.add_vary_header("Origin")
        if "*" in self._origins or origin in self._origins:
            response["access-control-allow-origin"] = "*" if "*" in self._origins else origin
            response["access-control-expose-headers"] = EXPOSED

    @staticmethod
    def _preflight(headers: Headers) -> Response:
        wanted = headers.get("access-control-request-headers", "authorization, content-type")
        return Response(status_code=204, headers={**PREFLIGHT, "access-control-allow-headers": wanted})


class AnswerErrors:
    """Turns refusals, and our own failures, into OpenAI's error envelope."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap what may raise."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI. What fails once the response has begun is raised on: the server then cuts the connection."""
        begun = False

        async def send_noticed(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noticed)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            refusal = error if isinstance(error, Refusal) else fault(error, scope)
            await error_response(refusal)(scope, receive, send)


def fault(error: Exception, scope: Scope) -> ServerFault:
    """Log a failure of our own; return what the client is told of it."""
    log.error("%s %s %s failed", scope["request_id"], scope["method"], scope["path"], exc_info=error)
    return ServerFault(scope["request_id"])


class RequireKey:
    """Where there are keys, lets nobody below `prefix` without one of them."""

    def __init__(self, app: ASGIApp, prefix: str, digests: Callable[[], Sequence[bytes]]) -> None:
        """`digests` gives those of the keys that are known at the moment, all of one length."""
        self._app = app
        self._prefix = f"{prefix}/"
        self._digests = digests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        known = self._digests()
        if known and scope["type"] == "http" and scope["path"].startswith(self._prefix):
            check_key(Headers(scope=scope).get("authorization", ""), known)
        await self._app(scope, receive, send)


def check_key(authorization: str, digests: Iterable[bytes]) -> None:
    """Refuse a request without a key, or with one that is not known."""
    scheme, _, key = authorization.partition(" ")
    key = key.strip()
    if scheme.lower() != "bearer" or not key:
        raise MissingKey
    given = sha256(key.encode()).digest()
    # All keys are compared, each in constant time, so that the time taken says nothing about them.
    if sum(hmac.compare_digest(given, known) for known in digests) == 0:
        raise InvalidKey(key)


class ReadBody:
    """Reads the body whole, up to a limit of bytes."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        """`limit` counts bytes."""
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        unread = [await self._body(scope, receive)]

        async def receive_again() -> Message:
            return {"type": "http.request", "body": unread.pop()} if unread else await receive()

        await self._app(scope, receive_again, send)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        """Return the body. One somewhat too large is read to its end, so that the client hears the refusal."""
        most = HEARD_OUT * self._limit
        declared = Headers(scope=scope).get("content-length", "")
        size = int(declared) if declared.isdecimal() else 0
        if size > most:
            raise BodyTooLarge(self._limit)
        body, size, more = bytearray(), 0, True
        while more and size <= most:
            message = await receive()
            part = message.get("body", b"")
            size += len(part)
            body += part if size <= self._limit else b""
            more = message.get("more_body", False)
        if size > self._limit:
            raise BodyTooLarge(self._limit)
        return bytes(body)


class StopWithClient:
    """Stops the work on a request when its client leaves. Needs the body read."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the endpoints."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI. Most answers are done before there is any need to watch."""
        watch = Watch(receive)
        starting = asyncio.get_running_loop().call_later(WATCH_AFTER, watch.start)
        try:
            await self._app(scope, receive, send)
        except asyncio.CancelledError:
            if not watch.stopped_work():
                raise
        finally:
            starting.cancel()
            watch.end()


class Watch:
    """Cancels the task that made it when the client leaves."""

    def __init__(self, receive: Receive) -> None:
        """Note whose work this is."""
        self._receive = receive
        self._work = asyncio.current_task()
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._watching = asyncio.ensure_future(self._watch())

    def end(self) -> None:
        """Watch no longer."""
        if self._watching:
            self._watching.cancel()

    def stopped_work(self) -> bool:
        """Tell whether it was this watch, and nothing else, that cancelled the work."""
        done = self._watching is not None and self._watching.done()
        return done and self._work is not None and self._work.uncancel() == 0

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if self._work:
            self._work.cancel()
