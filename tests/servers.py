"""An app on a real socket, in this process."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from starlette.types import ASGIApp

from reference_server.app import Application
from reference_server.serving import reserved, serve_until

HOST = "127.0.0.1"
GRACE = 0.05


@contextmanager
def running(app: ASGIApp) -> Iterator[str]:
    """Serve an app on a free port, in a thread, for as long as the block lasts; gives the base URL, `/v1` included.

    What is still running at the end is cut off. An app that fails in mid-body has its connection closed.
    """
    opened = Event()
    with reserved(HOST, 0) as reservation:
        port = reservation.getsockname()[1]
        server = ServerThread(app, port, opened)
        server.start()
        try:
            assert opened.wait(10), "the server did not open its port"
            yield f"http://{HOST}:{port}/v1"
        finally:
            server.stop()


class ServerThread(Thread):
    """A thread with an event loop that serves."""

    def __init__(self, app: ASGIApp, port: int, opened: Event) -> None:
        super().__init__(daemon=True)
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._serving = serve_until(self._stopping, app, HOST, port, opened.set, GRACE)

    def run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serving)
            if isinstance(self._app, Application):
                runner.run(self._app.close())

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self.join()
