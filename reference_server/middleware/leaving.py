"""Stops the work on a request when its client leaves."""

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

WATCH_AFTER = 0.005


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
