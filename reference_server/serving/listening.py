"""Sockets that listen on one port, and how they let nobody in any more."""

import ctypes
import socket
import struct
import sys

BACKLOG = 2048
"""Connections that may wait to be accepted; the system may allow fewer."""
ATTACH_FILTER = 26
DROP_ALL = struct.pack("HBBI", 0x06, 0, 0, 0)
"""A filter of one instruction: keep no byte of a packet."""


def listen(host: str, port: int, count: int = 1) -> list[socket.socket]:
    """Return so many sockets that share the connections to one port; 0 is a free one. OSError where it is taken."""
    try:
        alone = bound(host, port)
        if count == 1:
            return [listening(alone)]
        # That one was to find out whether somebody is there: sockets that share a port would share his, too.
        with alone:
            port = alone.getsockname()[1]
        return [listening(bound(host, port, shared=True)) for _ in range(count)]
    except OSError as error:
        raise OSError(f"{host}, port {port}: {error.strerror}") from error


def bound(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """Return a socket that has a port."""
    ours = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Those that are accepted have it from here. Without it an event waits until the client has confirmed the last.
        ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if shared:
            ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        ours.bind((host, port))
    except OSError:
        ours.close()
        raise
    return ours


def listening(ours: socket.socket) -> socket.socket:
    """Let a socket accept connections."""
    ours.settimeout(0)
    ours.listen(BACKLOG)
    return ours


def let_nobody_in(ours: socket.socket) -> None:
    """Ignore connections that are asked for from now on; those that wait in the queue can still be accepted.

    Closing the socket would reset them, though their clients were let in. Where there are no filters, it has to do.
    """
    if sys.platform == "linux":
        instruction = ctypes.create_string_buffer(DROP_ALL)
        program = struct.pack("HL", 1, ctypes.addressof(instruction))
        ours.setsockopt(socket.SOL_SOCKET, ATTACH_FILTER, program)
