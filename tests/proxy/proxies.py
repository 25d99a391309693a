"""Builders: a proxy in this loop or in a thread, and what it keeps."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from queue import Queue
from threading import Thread
from typing import Any

from cozecheck.exchange import Exchange
from cozecheck.proxy import Upstream, serve
from cozecheck.recordings import Recording
from tests.probe.hostile import Behaviour, Reader, Writer, serving


@dataclass
class Kept:
    """A proxy and what it has kept so far."""

    base_url: str = ""
    recordings: Queue[Recording] = field(default_factory=Queue)

    @property
    def port(self) -> int:
        return int(self.base_url.split(":")[2].split("/")[0])

    def next(self) -> Recording:
        """Wait for the next one."""
        return self.recordings.get(timeout=10)

    def exchanges(self) -> list[Exchange]:
        """Return all that are there."""
        return [self.recordings.get().exchange for _ in range(self.recordings.qsize())]


@asynccontextmanager
async def before(behaviour: Behaviour, **options: Any) -> AsyncIterator[tuple[Reader, Writer, Kept]]:
    """Open a connection to a proxy before a server with *behaviour*."""
    kept = Kept()
    async with serving(behaviour) as base_url, serve(Upstream.at(base_url), kept.recordings.put, **options) as address:
        kept.base_url = address
        reader, writer = await asyncio.open_connection("127.0.0.1", kept.port)
        try:
            yield reader, writer, kept
        finally:
            writer.close()


async def kept_by(kept: Kept) -> Recording:
    """Wait for the next one without holding up the loop."""
    return await asyncio.get_running_loop().run_in_executor(None, kept.next)


@contextmanager
def proxying(upstream: str, **options: Any) -> Iterator[Kept]:
    """Run a proxy in a thread for as long as the block lasts."""
    kept, said = Kept(), Queue[tuple[str, Callable[[], object]]]()

    async def run() -> None:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        async with serve(Upstream.at(upstream), kept.recordings.put, **options) as base_url:
            said.put((base_url, lambda: loop.call_soon_threadsafe(stop.set)))
            await stop.wait()

    thread = Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    kept.base_url, end = said.get(timeout=10)
    try:
        yield kept
    finally:
        end()
        thread.join()
