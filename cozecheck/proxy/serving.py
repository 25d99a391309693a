"""The proxy as a whole: listens, and keeps what passes."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from cozecheck import __version__
from cozecheck.errors import UsageError
from cozecheck.exchange import Failure
from cozecheck.proxy.passage import Passage, Room
from cozecheck.proxy.sides import Course, Front
from cozecheck.proxy.upstream import Upstream
from cozecheck.recordings import Recording

HOST: Final = "127.0.0.1"
FORMAT: Final = "proxy"
MAX_BODY: Final = 16 * 1024 * 1024
MAX_HELD: Final = 256 * 1024 * 1024
"""Bytes of all bodies that are held until they are written; what does not fit passes, and is not kept."""
_BACKLOG: Final = 1024

Keep = Callable[[Recording], Future[None] | None]


@asynccontextmanager
async def serve(
    upstream: Upstream,
    keep: Keep,
    *,
    host: str = HOST,
    port: int = 0,
    refuse: Callable[[], str] = str,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], float] = time.time,
    max_body: int = MAX_BODY,
    max_held: int = MAX_HELD,
) -> AsyncIterator[str]:
    """Listen for as long as the block lasts, and give the base URL for the app; port 0 is a free one.

    *keep* is given each exchange that is over and must return at once; where it returns a future, the bytes count as
    held until that is done, and the end waits for it. *refuse* says why there shall be no more requests, or nothing.
    What is under way at the end is cut and not kept. Raises UsageError where it cannot listen.
    """
    loop = asyncio.get_running_loop()
    room = Room(max_held)
    writings: set[asyncio.Future[None]] = set()

    def finished(passage: Passage, failure: Failure | None, left: bool) -> None:  # noqa: FBT001
        writing = keep(_recording(passage, failure, upstream, left=left))
        if writing is None:
            room.give(passage.held)
            return
        waiting = asyncio.wrap_future(writing, loop=loop)
        writings.add(waiting)
        waiting.add_done_callback(lambda _: room.give(passage.held))
        waiting.add_done_callback(writings.discard)

    course = Course(upstream, upstream.context, finished, refuse, clock, now, room, max_body)
    try:
        server = await loop.create_server(lambda: Front(course), host, port, backlog=_BACKLOG)
    except (OSError, OverflowError, UnicodeError) as error:
        number = error.errno if isinstance(error, OSError) else None
        reason = os.strerror(number) if number and number > 0 else error
        raise UsageError(f"cannot listen on {host}:{port}: {reason}; port 0 is a free one") from None
    try:
        address, bound = server.sockets[0].getsockname()[:2]
        yield f"http://{f'[{address}]' if ':' in address else address}:{bound}{upstream.base}"
    finally:
        server.close()
        for front in tuple(course.fronts):
            front.drop()
        await asyncio.gather(*writings, return_exceptions=True)


def _recording(passage: Passage, failure: Failure | None, upstream: Upstream, *, left: bool) -> Recording:
    day = datetime.fromtimestamp(passage.at, UTC).date()
    return Recording(
        passage.exchange(failure, left=left),
        FORMAT,
        at=passage.at,
        provenance=f"recorded from {upstream.authority} on {day} by cozecheck {__version__}, as a proxy",
        flaws=passage.flaws,
    )
