"""A worker process with many clients: `URL NAME CLIENTS ROUNDS`; prints what was let in, as JSON."""

import asyncio
import json
import sys

from reference_server.limits import MemoryLimiter, Quota, SharedLimiter
from reference_server.redis_link import RedisLink

NOW = 1000.5
IN_A_MINUTE = Quota(requests=700, tokens=99_000)
AT_A_TIME = Quota(concurrency=37)
TOKENS = 150


async def main(url: str, name: str, clients: int, rounds: int) -> None:
    """Wait for the word to go; then ask with all clients at once."""
    link = RedisLink(url, budget=120)
    limiter = SharedLimiter(link, MemoryLimiter(lambda: NOW), name, lease=1e6, clock=lambda: NOW)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    requests = await asyncio.gather(*(entered(limiter, "requests", 100, rounds) for _ in range(clients)))
    tokens = await asyncio.gather(*(entered(limiter, "tokens", TOKENS, rounds) for _ in range(clients)))
    most = await asyncio.gather(*(most_at_a_time(limiter, rounds) for _ in range(clients)))
    print(json.dumps({"requests": sum(requests), "tokens": sum(tokens), "most": max(most)}), flush=True)
    await limiter.close()
    await link.close()


async def entered(limiter: SharedLimiter, subject: str, tokens: int, rounds: int) -> int:
    """Return how many of one client's requests were let in."""
    verdicts = [await limiter.reserve(subject, IN_A_MINUTE, tokens) for _ in range(rounds)]
    return sum(verdict.reservation is not None for verdict in verdicts)


async def most_at_a_time(limiter: SharedLimiter, rounds: int) -> int:
    """Return the most that ran together, as far as one client saw."""
    most = 0
    for _ in range(rounds):
        verdict = await limiter.reserve("at a time", AT_A_TIME, 0)
        most = max(most, verdict.running)
        if verdict.reservation:
            await asyncio.sleep(0.001)
            await limiter.settle(verdict.reservation, 0)
    return most


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
