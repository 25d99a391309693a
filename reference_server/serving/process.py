"""A process that serves, alone or as a worker: who tells it to end."""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from reference_server.serving.draining import App, serve_until_told
from reference_server.serving.granian_server import new_event_loop
from reference_server.serving.workers import WATCHED
from reference_server.settings import Settings

NEW_OBJECTS = 50_000
"""After so many the garbage collector looks for cycles among them."""
Served = TypeVar("Served", bound=App)


def run(serving: Coroutine[Any, Any, None]) -> None:
    """Run an event loop of our own until it is done."""
    # What there is by now stays: to look through it over and over cost a tenth of the time of small requests.
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(serving)


async def serve_alone(
    load: Callable[[], Served],
    listener: socket.socket,
    settings: Settings,
    reload: Callable[[Served], None],
    opened: Callable[[], None],
) -> None:
    """Serve in this process until SIGTERM or SIGINT; a second one ends it at once."""
    loop = asyncio.get_running_loop()
    told = asyncio.Event()

    def end(number: int) -> None:
        if told.is_set():
            os._exit(128 + number)
        told.set()

    app = load()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end, number)
    loop.add_signal_handler(signal.SIGHUP, reload, app)
    loop.call_soon(opened)
    await serve_until_told(told, app, listener, settings)


async def serve_as_worker(
    load: Callable[[], Served],
    listener: socket.socket,
    settings: Settings,
    reload: Callable[[Served], None],
    parent: int,
    *,
    replaces: bool,
) -> None:
    """Serve in a worker until SIGTERM, or until its parent ends; Ctrl-C in a terminal is for the parent."""
    loop = asyncio.get_running_loop()
    told = asyncio.Event()

    def orphaned() -> None:
        loop.remove_reader(parent)
        told.set()

    app = load()
    if replaces:
        # What has been reloaded since the start counts here, too.
        reload(app)
    loop.add_signal_handler(signal.SIGTERM, told.set)
    loop.add_signal_handler(signal.SIGHUP, reload, app)
    loop.add_reader(parent, orphaned)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
    await serve_until_told(told, app, listener, settings)
