"""Gives requests their id, and responses the headers that all of them carry."""

from collections.abc import Callable
from random import Random
from time import monotonic

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference_server.formatting.identifiers import request_id
from reference_server.observed import Observed

OPENAI_VERSION = (b"openai-version", b"2020-10-01")


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
        scope["observed"] = Observed(
            request_id=scope["request_id"], method=scope["method"], path=scope["path"], began=monotonic()
        )

        async def send_identified(message: Message) -> None:
            if message["type"] == "http.response.start":
                spent = max(int((self._clock() - began) * 1000), 0)
                identity = (b"x-request-id", scope["request_id"].encode())
                message["headers"] += [identity, (b"openai-processing-ms", b"%d" % spent), OPENAI_VERSION]
            await send(message)

        await self._app(scope, receive, send_identified)
