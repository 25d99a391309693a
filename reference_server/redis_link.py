"""Redis, asked within a budget of time, or not at all."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha1
from typing import Any, NamedTuple

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError

log = logging.getLogger(__name__)

BUDGET = 0.05
PAUSE = 0.2
FAILURES = (RedisError, OSError, TimeoutError)

Script = Callable[[Sequence[str], Sequence[Any]], Awaitable[Any]]
"""A Lua script, called with its keys and its values."""


class Unreachable(Exception):  # noqa: N818  (it is an answer: serve on without)
    """Redis is down, hangs, or is not well."""


class Call(NamedTuple):
    """A command, where its answer is awaited, and when it was asked for."""

    words: tuple[Any, ...]
    answer: asyncio.Future[Any]
    asked: float


class RedisLink:
    """A client that never waits longer than its budget.

    Calls that come while others are under way go out together, in their order, on one connection: that is several
    times cheaper than a connection each, nobody waits for one, and a caller that leaves disturbs nobody.

    The first failure breaks the link: from then on every call is Unreachable at once, until a ping of the link's own
    is answered. So an outage costs the requests that meet it one budget each, and those after it nothing.
    """

    def __init__(self, url: str, *, budget: float = BUDGET, pause: float = PAUSE) -> None:
        """`budget` is for one call, `pause` between two pings of a broken link; both in seconds."""
        # No retries: a script that counts must not run twice, and a second try would need a second budget.
        self._redis: Redis = Redis.from_url(url, retry=Retry(NoBackoff(), 0))
        self._budget = budget
        self._pause = pause
        self._calls: list[Call] = []
        self._sending: asyncio.Task[None] | None = None
        self._recovery: asyncio.Task[None] | None = None

    @property
    def broken(self) -> bool:
        """Tell whether calls are refused for now."""
        return self._recovery is not None

    def script(self, text: str) -> Script:
        """Return a Lua script; a call of it is Unreachable where Redis is."""
        digest = sha1(text.encode(), usedforsecurity=False).hexdigest()

        async def run(keys: Sequence[str], values: Sequence[Any]) -> Any:
            try:
                return await self._ask("EVALSHA", digest, len(keys), *keys, *values)
            except NoScriptError:
                return await self._ask("EVAL", text, len(keys), *keys, *values)

        return run

    async def read(self, names: Sequence[str]) -> list[bytes | None]:
        """Return the value of each name, None where there is none; Unreachable."""
        values: list[bytes | None] = await self._ask("MGET", *names)
        return values

    async def write(self, values: Mapping[str, bytes], milliseconds: int) -> None:
        """Keep values for a while; Unreachable."""
        await asyncio.gather(*(self._ask("SET", name, value, "PX", milliseconds) for name, value in values.items()))

    async def close(self) -> None:
        """Give up the connection, once nobody asks any more."""
        for task in (self._sending, self._recovery):
            if task:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        await self._redis.aclose()

    async def _ask(self, *words: Any) -> Any:
        """Return Redis' answer to a command; Unreachable where there is none within the budget."""
        if self.broken:
            raise Unreachable
        loop = asyncio.get_running_loop()
        call = Call(words, loop.create_future(), loop.time())
        self._calls.append(call)
        if self._sending is None:
            self._sending = loop.create_task(self._send())
        return await call.answer

    async def _send(self) -> None:
        """Send what is asked for until there is nothing more; what comes meanwhile goes next, together."""
        try:
            while self._calls:
                calls, self._calls = self._calls, []
                try:
                    async with asyncio.timeout_at(calls[0].asked + self._budget):
                        answers = await self._answers([call.words for call in calls])
                except FAILURES as error:
                    answers = [error] * len(calls)
                for call, answer in zip(calls, answers, strict=True):
                    self._settle(call, answer)
        finally:
            self._sending = None

    async def _answers(self, commands: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Return what Redis answers to each command, errors included."""
        pipeline = self._redis.pipeline(transaction=False)
        for words in commands:
            pipeline.execute_command(*words)
        answers: list[Any] = await pipeline.execute(raise_on_error=False)
        return answers

    def _settle(self, call: Call, answer: Any) -> None:
        refused = isinstance(answer, Exception)
        if refused and not isinstance(answer, NoScriptError):
            self._break(answer)
            answer = Unreachable()
        if not call.answer.done():
            (call.answer.set_exception if refused else call.answer.set_result)(answer)

    def _break(self, error: Exception) -> None:
        """Log and begin to recover, once for all the calls that fail together."""
        if not self.broken:
            # The kind of error and not its words: those may hold the address, and a password in it.
            log.warning("Redis is away (%s): serving on without it", type(error).__name__)
            self._recovery = asyncio.create_task(self._recover())

    async def _recover(self) -> None:
        while not await self._pings():
            await asyncio.sleep(self._pause)
        self._recovery = None
        log.warning("Redis is back")

    async def _pings(self) -> bool:
        with suppress(*FAILURES):
            async with asyncio.timeout(self._budget):
                return bool(await self._redis.ping())
        return False
