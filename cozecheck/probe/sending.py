"""Sends to make Exchanges, whatever the target does."""

import asyncio
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from typing import Self

import httpx2

from cozecheck.exchange import Exchange
from cozecheck.probe.attempt import Attempt
from cozecheck.probe.endpoint import Endpoint
from cozecheck.probe.failing import CONNECTION_ERRORS
from cozecheck.probe.in_process import App, InProcess
from cozecheck.probe.limits import Limits
from cozecheck.probe.line import Line, Wire, connection
from cozecheck.scenarios.sending import Send


class Probe:
    """Keeps lines to one endpoint open; *clock* counts seconds from anywhere.

    An *app* in this process is asked without a socket; the endpoint then only says what stands in the requests.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        limits: Limits | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        app: App | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.limits = limits or Limits()
        self._clock = clock
        self._app = app
        self._idle: list[Line] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        while self._idle:
            await _hang_up(self._idle.pop())

    async def send(self, send: Send, *, exchange_id: str = "", scenario: str = "") -> Exchange:
        """Send once and take in the response; what breaks is in the Exchange. Raises `UsageError` only."""
        request = self.endpoint.request(send)
        if send.after:
            await asyncio.sleep(send.after)
        attempt = await self._attempt(self._idle.pop() if self._idle else self._open(), request, send.leave_after)
        if attempt.is_stale:
            attempt = await self._attempt(self._open(), request, send.leave_after)
        return Exchange(
            request=self.endpoint.record(send),
            response=attempt.response,
            failure=attempt.failure,
            id=exchange_id,
            scenario=scenario,
            name=send.name,
            left=attempt.left,
        )

    async def _attempt(self, line: Line, request: httpx2.Request, leave_after: int | None) -> Attempt:
        attempt = Attempt(line, self.endpoint.address, self.limits, self._clock)
        whole = False
        try:
            await attempt.run(request, leave_after)
            whole = attempt.failure is None and not attempt.left
        finally:
            if not whole:
                await _hang_up(line)
        if whole:
            line.used = True
            self._idle.append(line)
        return attempt

    def _open(self) -> Line:
        wire = Wire(self._clock, self.limits.head)
        if self._app:
            return Line(wire, InProcess(self._app, wire))
        return Line(wire, connection(self.endpoint, wire, self._ssl_context))

    @cached_property
    def _ssl_context(self) -> ssl.SSLContext | None:
        """One for all lines, as it takes long to load; SSL_CERT_FILE and SSL_CERT_DIR name one's own authorities."""
        return httpx2.create_ssl_context() if self.endpoint.is_tls else None


async def _hang_up(line: Line) -> None:
    with suppress(*CONNECTION_ERRORS):
        await line.close()
