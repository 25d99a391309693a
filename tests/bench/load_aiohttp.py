"""Chat streams by aiohttp on uvloop: what our client is measured beside."""

import asyncio
import json
import sys
import time

import uvloop
from aiohttp import ClientSession, TCPConnector

from tests.bench.asked import HOST, PATH, body


async def ask(session: ClientSession, url: str, until: float) -> None:
    """Ask again and again, noting when each event came."""
    while time.monotonic() < until:
        times = []
        async with session.post(url, data=body(stream=True), headers={"content-type": "application/json"}) as response:
            async for line in response.content:
                if line.startswith(b"data: {"):
                    json.loads(line[6:])
                    times.append(time.perf_counter())


async def main(port: int, users: int, seconds: float) -> None:
    """Ask with so many at once, for so long."""
    until = time.monotonic() + seconds
    async with ClientSession(connector=TCPConnector(limit=0)) as session:
        url = f"http://{HOST}:{port}{PATH}"
        await asyncio.gather(*(ask(session, url, until) for _ in range(users)))


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
