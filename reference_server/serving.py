"""Runs an app on granian: one process, or several on one port."""

import asyncio
import signal
import socket
from collections.abc import Callable
from functools import partial
from threading import Thread
from time import monotonic, sleep

from granian.constants import Interfaces
from granian.server import Server as WorkerServer
from granian.server.embed import Server
from starlette.types import ASGIApp

GRACE = 10.0
OPENING = 10.0
POLL = 0.002


def serve(load: Callable[[], ASGIApp], *, host: str, port: int, workers: int, announce: Callable[[int], None]) -> None:
    """Serve until SIGTERM or SIGINT; `announce` gets the port once connections are accepted.

    HTTP/1.1 and HTTP/2 in clear. `load` builds the app, once in every worker. Port 0 is a free one.
    """
    with reserved(host, port) as reservation:
        port = reservation.getsockname()[1]
        if workers == 1:
            asyncio.run(serve_here(load(), host, port, announce))
        else:
            serve_in_workers(load, host, port, workers, announce)


def reserved(host: str, port: int) -> socket.socket:
    """Hold a port without listening on it, so that nobody takes it before the server does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind((host, port))
    return held


async def serve_here(app: ASGIApp, host: str, port: int, announce: Callable[[int], None]) -> None:
    """Serve in this process and this loop."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await serve_until(stopping, app, host, port, partial(announce, port), GRACE)


async def serve_until(
    stopping: asyncio.Event, app: ASGIApp, host: str, port: int, opened: Callable[[], None], grace: float
) -> None:
    """Serve until `stopping` is set; then let running requests finish for `grace` seconds, and no longer."""
    server = Server(
        app, address=host, port=port, interface=Interfaces.ASGINL, websockets=False, log_enabled=False, backlog=2048
    )
    serving = asyncio.ensure_future(server.serve())
    await asyncio.to_thread(await_open, host, port)
    opened()
    await stopping.wait()
    server.stop()  # type: ignore[no-untyped-call]
    await asyncio.wait({serving}, timeout=grace)


def serve_in_workers(
    load: Callable[[], ASGIApp], host: str, port: int, workers: int, announce: Callable[[int], None]
) -> None:
    """Serve in several processes, which share the port."""
    server = WorkerServer(
        "coze-server",
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.ASGINL,
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
