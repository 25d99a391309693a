"""Redis, asked within a budget of time, or not at all."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

BUDGET = 0.05
PAUSE = 0.2
CONNECTIONS = 16
FAILURES = (RedisError, OSError, TimeoutError)

Script = Callable[[Sequence[str], Sequence[Any]], Awaitable[Any]]
"""A Lua script, called with its keys and its values."""


class Unreachable(Exception):  # noqa: N818  (it is an answer: serve on without)
    """Redis is down, hangs, or is not well."""


class RedisLink:
    """A client that never waits longer than its budget.

    The first failure breaks the link: from then on every call is Unreachable at once, until a ping of the link's own
    is answered. So an outage costs the requests that meet it one budget each, and those after it nothing.
    """

    def __init__(self, url: str, *, budget: float = BUDGET, pause: float = PAUSE) -> None:
        """`budget` is for one call, `pause` between two pings of a broken link; both in seconds."""
        # No retries: a script that counts must not run twice, and a second try would need a second budget.
        pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
            url, max_connections=CONNECTIONS, timeout=None, retry=Retry(NoBackoff(), 0)
        )
        self._redis: Redis = Redis.from_pool(pool)
        self._budget = budget
        self._pause = pause
        self._recovery: asyncio.Task[None] | None = None

    @property
    def broken(self) -> bool:
        """Tell whether calls are refused for now."""
        return self._recovery is not None

    def script(self, text: str) -> Script:
        """Return a Lua script; a call of it is Unreachable where Redis is."""
        registered = self._redis.register_script(text)

        async def run(keys: Sequence[str], values: Sequence[Any]) -> Any:
            return await self._ask(lambda: registered(keys=keys, args=values))

        return run

    async def read(self, names: Sequence[str]) -> list[bytes | None]:
        """Return the value of each name, None where there is none; Unreachable."""
        return await self._ask(lambda: self._redis.mget(names))

    async def write(self, values: Mapping[str, bytes], milliseconds: int) -> None:
        """Keep values for a while; Unreachable."""
        pipeline = self._redis.pipeline(transaction=False)
        for name, value in values.items():
            pipeline.set(name, value, px=milliseconds)
        await self._ask(pipeline.execute)

    async def _ask(self, question: Callable[[], Awaitable[Any]]) -> Any:
        """Return Redis' answer; Unreachable where there is none within the budget."""
        if self.broken:
            raise Unreachable
        try:
            async with asyncio.timeout(self._budget):
                return await question()
        except FAILURES as error:
            self._break(error)
            raise Unreachable from error

    async def close(self) -> None:
        """Give up the connections, and any recovery."""
        if self._recovery:
            self._recovery.cancel()
            with suppress(asyncio.CancelledError):
                await self._recovery
        await self._redis.aclose()

    def _break(self, error: Exception) -> None:
        """Log and begin to recover, once for all the calls that fail together."""
        if not self.broken:
            # The kind of error and not its words: those may hold the address, and a password in it.
            log.warning("Redis is away (%s): serving on without it", type(error).__name__)
            self._recovery = asyncio.create_task(self._recover())

    async def _recover(self) -> None:
        while not await self._answers():
            await asyncio.sleep(self._pause)
        self._recovery = None
        log.warning("Redis is back")

    async def _answers(self) -> bool:
        with suppress(*FAILURES):
            async with asyncio.timeout(self._budget):
                return bool(await self._redis.ping())
        return False
