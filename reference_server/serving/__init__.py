"""Runs an app on granian: one process, or several on one port."""

from collections.abc import Callable
from functools import partial
from socket import socket

from reference_server.serving.draining import App
from reference_server.serving.granian_server import new_event_loop, serve_until
from reference_server.serving.listening import listen
from reference_server.serving.process import Served, run, serve_alone, serve_as_worker
from reference_server.serving.workers import Workers
from reference_server.settings import Settings

__all__ = ["App", "listen", "new_event_loop", "serve", "serve_until"]


def serve(
    load: Callable[[], Served],
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int,
    announce: Callable[[int], None],
    reload: Callable[[Served], None],
) -> None:
    """Serve until SIGTERM or SIGINT; `announce` gets the port once connections are accepted. Port 0 is a free one.

    `load` builds the app, once in every worker. SIGHUP calls `reload` with it, in every worker, between two turns of
    its event loop. OSError for a port that can't be had, SettingsError for a certificate that can't be used.
    """
    if settings.tls:
        settings.tls.check()
    listeners = listen(host, port, workers)
    opened = partial(announce, listeners[0].getsockname()[1])

    def work(listener: socket, parent: int, replaces: bool) -> None:  # noqa: FBT001
        run(serve_as_worker(load, listener, settings, reload, parent, replaces=replaces))

    if workers == 1:
        run(serve_alone(load, listeners[0], settings, reload, opened))
    else:
        Workers(work, listeners).run(opened)
