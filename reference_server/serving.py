"""Runs an app on granian: one process, or several on one port."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from functools import partial
from threading import Thread
from time import monotonic, sleep
from typing import Any, TypeVar

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server
from granian.server.mp import MPServer
from starlette.types import ASGIApp

App = TypeVar("App", bound=ASGIApp)

GRACE = 10.0
OPENING = 10.0
POLL = 0.002


def serve(
    load: Callable[[], App],
    *,
    host: str,
    port: int,
    workers: int,
    announce: Callable[[int], None],
    reload: Callable[[App], None],
    http2: bool = True,
) -> None:
    """Serve until SIGTERM or SIGINT; `announce` gets the port once connections are accepted.

    HTTP/1.1, and HTTP/2 in clear. `load` builds the app, once in every worker. Port 0 is a free one.
    SIGHUP calls `reload` with the app, in every worker, between two turns of its event loop.
    """
    http = HTTPModes.auto if http2 else HTTPModes.http1
    with reserved(host, port) as reservation:
        port = reservation.getsockname()[1]
        if workers == 1:
            asyncio.run(serve_here(load(), host, port, announce, reload, http))
        else:
            serve_in_workers(partial(load_reloadable, load, reload), host, port, workers, announce, http)


def reserved(host: str, port: int) -> socket.socket:
    """Hold a port without listening on it, so that nobody takes it before the server does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind((host, port))
    return held


async def serve_here(
    app: App, host: str, port: int, announce: Callable[[int], None], reload: Callable[[App], None], http: HTTPModes
) -> None:
    """Serve in this process and this loop."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload, app)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await serve_until(stopping, app, host, port, partial(announce, port), GRACE, http)


async def serve_until(
    stopping: asyncio.Event,
    app: ASGIApp,
    host: str,
    port: int,
    opened: Callable[[], None],
    grace: float,
    http: HTTPModes = HTTPModes.auto,
) -> None:
    """Serve until `stopping` is set; then let running requests finish for `grace` seconds, and no longer."""
    server = Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        http=http,
        websockets=False,
        log_enabled=False,
        backlog=2048,
    )
    serving = asyncio.ensure_future(server.serve())
    await asyncio.to_thread(await_open, host, port)
    opened()
    await stopping.wait()
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait({serving}, timeout=grace)


def load_reloadable(load: Callable[[], App], reload: Callable[[App], None]) -> App:
    """Build the app in a worker whose event loop does not run yet, and let SIGHUP reload it."""
    app = load()
    asyncio.get_event_loop().add_signal_handler(signal.SIGHUP, reload, app)
    return app


class Workers(MPServer):
    """Worker processes that reload in place: granian would start others, and drop what is still queued."""

    def signal_handler_reload(self, *_: Any, **__: Any) -> None:
        """Pass SIGHUP on."""
        for worker in self.wrks:
            os.kill(worker.inner.pid, signal.SIGHUP)


def serve_in_workers(
    load: Callable[[], ASGIApp], host: str, port: int, workers: int, announce: Callable[[int], None], http: HTTPModes
) -> None:
    """Serve in several processes, which share the port."""
    server = Workers(
        "coze-server",
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.ASGINL,
        http=http,
        websockets=False,
        log_enabled=False,
        workers_kill_timeout=int(GRACE),
        backlog=2048,
    )
    Thread(target=announce_open, args=(host, port, announce), daemon=True).start()
    server.serve(target_loader=load, wrap_loader=False)


def announce_open(host: str, port: int, announce: Callable[[int], None]) -> None:
    """Announce the port once a connection is accepted."""
    await_open(host, port)
    announce(port)


def await_open(host: str, port: int) -> None:
    """Return once a connection is accepted; TimeoutError after ten seconds."""
    deadline = monotonic() + OPENING
    while monotonic() < deadline:
        try:
            socket.create_connection((host, port), timeout=OPENING).close()
        except OSError:
            sleep(POLL)
        else:
            return
    raise TimeoutError(host, port)
