"""An app on granian, on a socket that is ours, in this event loop."""

import asyncio
import os
import socket
import sys

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.server.embed import Server
from starlette.types import ASGIApp

from reference_server.serving.listening import BACKLOG
from reference_server.settings import Settings

if sys.platform == "win32":
    from asyncio import new_event_loop
else:
    from uvloop import new_event_loop

__all__ = ["new_event_loop", "serve_until"]


class OnSocket(Server):
    """A granian server that listens where it is told to."""

    def __init__(self, app: ASGIApp, listener: socket.socket, settings: Settings) -> None:
        """HTTP/1.1, and HTTP/2 unless settings say otherwise; over TLS where they name a certificate."""
        tls = settings.tls
        super().__init__(
            app,
            interface=Interfaces.ASGINL,
            http=HTTPModes.auto if settings.http2 else HTTPModes.http1,
            websockets=False,
            log_enabled=False,
            # Otherwise granian makes `logging` forget our handlers, and what they hold is not flushed at the end.
            log_dictconfig={"incremental": True, "handlers": {}, "loggers": {}},
            backlog=BACKLOG,
            ssl_cert=tls.certificate if tls else None,
            ssl_key=tls.key if tls else None,
            ssl_protocol_min=SSLProtocols.tls12,
        )
        self._listener = listener

    def _init_shared_socket(self) -> None:
        # What granian is given it closes. It declares neither the arguments of a holder, nor that there may be one.
        listener = os.dup(self._listener.fileno())
        self._shd = SocketHolder(listener, False, BACKLOG)  # type: ignore[assignment,call-arg]  # noqa: FBT003


async def serve_until(stopping: asyncio.Event, app: ASGIApp, listener: socket.socket, settings: Settings) -> bool:
    """Serve until `stopping` is set; let running requests finish for `drain_timeout`, and tell whether all have."""
    server = OnSocket(app, listener, settings)
    serving = asyncio.ensure_future(server.serve())
    told = asyncio.ensure_future(stopping.wait())
    await asyncio.wait({serving, told}, return_when=asyncio.FIRST_COMPLETED)
    if not told.done():
        told.cancel()
        raise RuntimeError("granian has ended by itself")
    server.stop()  # type: ignore[no-untyped-call]
    done, _ = await asyncio.wait({serving}, timeout=settings.drain_timeout)
    return bool(done)
