"""An engine without a model: deterministic text at a settable pace."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from itertools import zip_longest
from random import Random

from reference_server.engines.answers import answer, seed_of
from reference_server.engines.chances import chances
from reference_server.engines.counting import count_prompt
from reference_server.engines.delta import Delta, Usage
from reference_server.engines.pieces import Cut, cut
from reference_server.errors import ContextLengthExceeded
from reference_server.protocol.chat_request import ChatRequest
from reference_server.settings import Engine as EngineSettings


class SyntheticEngine:
    """Answers at once and for nothing; knows no tools yet, so it never calls one."""

    def __init__(self, settings: EngineSettings, entropy: Random) -> None:
        """`entropy` is drawn on once a request, for answers that are left to chance."""
        self.name = settings.name
        self._settings = settings
        self._entropy = entropy

    async def generate(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        """Yield every choice, a token at a time, the choices in turn."""
        prompt = self._fitting_prompt(request)
        entropy = self._entropy.getrandbits(64)
        cuts = [
            cut(answer(request, seed_of(request, choice, entropy)), request.max_tokens, request.stop)
            for choice in range(request.n)
        ]
        await asyncio.sleep(self._settings.first_token_delay)
        for turn in turns(request, cuts):
            for delta in turn:
                yield delta
            if self._settings.token_delay:
                await asyncio.sleep(self._settings.token_delay)
        yield Delta(usage=Usage(prompt, sum(part.tokens for part in cuts)))

    def _fitting_prompt(self, request: ChatRequest) -> int:
        """Return the prompt's tokens, or refuse what does not fit the context."""
        prompt, limit = count_prompt(request.messages), self._settings.context_length
        if prompt + (request.max_tokens or 0) > limit:
            raise ContextLengthExceeded(limit, prompt, request.max_tokens)
        return prompt


def turns(request: ChatRequest, cuts: Sequence[Cut]) -> Iterator[list[Delta]]:
    """Return the deltas of all choices, grouped by the moment they are made."""
    columns = [deltas(request, choice, part) for choice, part in enumerate(cuts)]
    for row in zip_longest(*columns):
        yield [delta for delta in row if delta]


def deltas(request: ChatRequest, choice: int, part: Cut) -> Iterator[Delta]:
    """Return one choice: a delta a piece, then the finish."""
    for piece in part.pieces:
        odds = chances(piece.tokens, request.top_logprobs) if request.logprobs else ()
        yield Delta(choice, piece.text, chances=odds)
    yield Delta(choice, finish=part.finish)
