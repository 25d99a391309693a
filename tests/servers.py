"""An app on a real socket, in this process."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket
from threading import Thread

from starlette.types import ASGIApp

from reference_server.app import Application
from reference_server.serving import listen, new_event_loop, serve_until
from reference_server.settings import Settings

HOST = "127.0.0.1"
AT_ONCE = Settings(drain_timeout=0.05)


@contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    """Serve an app on a free port, in a thread, for as long as the block lasts; gives the base URL, `/v1` included.

    What is still running at the end is cut off. An app that fails in mid-body has its connection closed.
    """
    with listen(HOST, 0)[0] as listener:
        server = ServerThread(app, listener)
        server.start()
        try:
            yield f"http://{HOST}:{listener.getsockname()[1]}/v1"
        finally:
            server.stop()


class ServerThread(Thread):
    """A thread with an event loop that serves."""

    def __init__(self, app: ASGIApp, listener: socket) -> None:
        super().__init__(daemon=True)
        self._app = app
        self._loop = new_event_loop()
        self._stopping = asyncio.Event()
        self._serving = serve_until(self._stopping, app, listener, AT_ONCE)

    def run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serving)
            if isinstance(self._app, Application):
                runner.run(self._app.close())

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self.join()
