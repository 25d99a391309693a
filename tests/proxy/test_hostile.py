"""Whatever both ends send, the proxy goes on, and complains to nobody."""

import asyncio
import random
from contextlib import suppress
from typing import Any

import pytest

from tests.probe.hostile import Reader, Writer
from tests.proxy.proxies import before

REQUESTS = (
    b"GET /v1/models HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST /v1/x HTTP/1.1\r\nHost: a\r\ncontent-length: 5\r\n\r\nhello",
    b"POST /v1/x HTTP/1.1\r\nHost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b"HEAD /v1/m HTTP/1.1\r\nHost: a\r\nconnection: close\r\n\r\n",
)
RESPONSES = (
    b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx: y\r\n\r\n",
    b"HTTP/1.0 200 OK\r\n\r\nbody",
    b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nzz",
    b"HTTP/1.1 204 No\r\n\r\n",
)
CONNECTIONS = 100


def spoilt(message: bytes, chance: random.Random) -> bytes:
    """Return *message*, at times twice, with some bytes changed, gone or added."""
    data = bytearray(message * chance.choice((1, 1, 2)))
    for _ in range(chance.choice((0, 0, 1, 2, 5))):
        at = chance.randrange(len(data))
        data[at : at + chance.randrange(8)] = chance.randbytes(chance.randrange(1, 6))
    return bytes(data)


@pytest.mark.parametrize("seed", range(3))
def test_nothing_that_is_sent_makes_it_fail(seed: int) -> None:
    chance, complaints = random.Random(seed), list[dict[str, Any]]()

    async def upstream(reader: Reader, writer: Writer) -> None:
        while await reader.read(1000) and chance.random() < 0.7:
            writer.write(spoilt(chance.choice(RESPONSES), chance))
            await writer.drain()
        if chance.random() < 0.3:
            writer.transport.abort()

    async def app(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with suppress(OSError, TimeoutError):
            for _ in range(chance.randrange(1, 4)):
                writer.write(spoilt(chance.choice(REQUESTS), chance))
                await asyncio.wait_for(reader.read(5000), 0.05)
        writer.transport.abort()

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        async with before(upstream) as (_, _writer, kept):
            for _ in range(CONNECTIONS // 10):
                await asyncio.gather(*(app(kept.port) for _ in range(10)))
            assert kept.recordings.qsize() > CONNECTIONS // 10

    asyncio.run(run())
    assert complaints == []
