"""A worker process that holds a place until it is killed: `URL`."""

import asyncio
import sys

from reference_server.limits import MemoryLimiter, Quota, SharedLimiter
from reference_server.redis_link import RedisLink

SUBJECT = "held"
ONE = Quota(concurrency=1)
LEASE = 3.0


async def main(url: str) -> None:
    """Hold the only place."""
    limiter = SharedLimiter(RedisLink(url, budget=20), MemoryLimiter(lambda: 0.0), "killed", lease=LEASE)
    verdict = await limiter.reserve(SUBJECT, ONE, 0)
    print("holding" if verdict.reservation else verdict.lacking, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
