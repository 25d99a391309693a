"""The choices of one answer, made at the same time."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from reference_server.engines.delta import Delta, Usage

Deltas = AsyncGenerator[Delta]


async def together(choices: Sequence[Deltas]) -> Deltas:
    """Yield the deltas of all choices as they come, numbered, and at the end what all have cost."""
    spent: list[Usage] = []
    found: asyncio.Queue[Delta | None] = asyncio.Queue()
    tasks = [asyncio.create_task(drain(place, choice, found)) for place, choice in enumerate(choices)]
    try:
        for _ in tasks:
            while delta := await found.get():
                if delta.usage:
                    spent.append(delta.usage)
                else:
                    yield delta
        for task in tasks:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    yield Delta(usage=total(spent))


async def drain(place: int, choice: Deltas, into: "asyncio.Queue[Delta | None]") -> None:
    """Pass on the deltas of one choice, and that there are no more."""
    try:
        async with aclosing(choice) as deltas:
            async for delta in deltas:
                into.put_nowait(delta._replace(choice=place))
    finally:
        into.put_nowait(None)


def total(spent: Sequence[Usage]) -> Usage:
    """Add up: the prompt is the same for all, and counts once."""
    first = spent[0]
    return first._replace(completion=sum(each.completion for each in spent))
