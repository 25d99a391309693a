"""A connection upstream, or why there is none."""

import asyncio
import os
import socket
import ssl
from collections.abc import Callable
from typing import Final, TypeVar

from cozecheck.proxy.upstream import Upstream

PATIENCE: Final = 10.0
"""Seconds until the connection stands, TLS and all."""
P = TypeVar("P", bound=asyncio.Protocol)


async def connect(protocol: Callable[[], P], upstream: Upstream, context: ssl.SSLContext | None) -> P | str:
    """Connect; return the protocol, or in words why it could not be done."""
    loop = asyncio.get_running_loop()
    name = upstream.host if context else None
    try:
        async with asyncio.timeout(PATIENCE):
            connected = await loop.create_connection(
                protocol, upstream.host, upstream.port, ssl=context, server_hostname=name
            )
    except TimeoutError:
        return f"no connection to {upstream.address} within {PATIENCE:g} s"
    except (OSError, ValueError) as error:
        return f"cannot connect to {upstream.address}: {_reason(error)}"
    return connected[1]


def _reason(error: Exception) -> str:
    words = str(error) or type(error).__name__
    if isinstance(error, ssl.SSLError | socket.gaierror):
        words = error.strerror or words
    elif isinstance(error, OSError) and error.errno:
        words = os.strerror(error.errno)
    return " ".join(words.split())[:200]
