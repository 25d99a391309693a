"""What an engine here produces, on record."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from reference_server.engines.delta import Delta
from reference_server.errors import Refusal
from reference_server.observed import Observed


async def noted(deltas: AsyncGenerator[Delta], observed: Observed, ticks: Callable[[], float]) -> AsyncGenerator[Delta]:
    """Pass deltas on, and note when the first and the last came, what they cost, and how they ended."""
    try:
        async with aclosing(deltas) as produced:
            async for delta in produced:
                if observed.first_token is None:
                    observed.first_token = ticks()
                if delta.usage:
                    observed.tokens_in, observed.tokens_out = delta.usage.prompt, delta.usage.completion
                    observed.counted = delta.usage.counted
                else:
                    observed.pieces += 1
                    observed.finish = delta.finish or observed.finish
                yield delta
    except Refusal as error:
        # What fails before the response has begun is a response of its own, or another engine answers.
        if observed.first_byte is not None:
            observed.error = error.code or error.kind
        raise
    observed.last_token = ticks()
