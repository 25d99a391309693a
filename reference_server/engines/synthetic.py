"""An engine without a model: deterministic text at a settable pace."""

import asyncio
import string
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from itertools import zip_longest
from random import Random

from reference_server.engines.answers import answer, is_refused, refusal, seed_of, structured
from reference_server.engines.calling import calls
from reference_server.engines.counting import count_prompt
from reference_server.engines.delta import Delta, Usage
from reference_server.engines.parts import Part, called, refused, spoken
from reference_server.engines.tokenizer import vocabulary
from reference_server.errors import ContextLengthExceeded
from reference_server.protocol.chat_request import ChatRequest
from reference_server.protocol.media import refuse_addresses
from reference_server.settings import SyntheticEngine as EngineSettings

CALL_ID = string.ascii_letters + string.digits


class SyntheticEngine:
    """Answers at once and for nothing, calls tools, fills schemas."""

    continues = False

    def __init__(self, settings: EngineSettings, entropy: Random) -> None:
        """`entropy` is drawn on once a request, for answers that are left to chance, and for the ids of calls."""
        vocabulary()
        self.name = settings.name
        self._settings = settings
        self._entropy = entropy

    async def close(self) -> None:
        """Do nothing: there is nothing open."""

    async def count(self, request: ChatRequest) -> int:
        """Count as OpenAI does."""
        return count_prompt(request.messages)

    async def generate(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        """Yield every choice: a stream a token at a time, the choices in turn."""
        refuse_addresses(each for message in request.messages for each in message.attachments)
        prompt = self._fitting_prompt(request)
        entropy = self._entropy.getrandbits(64)
        parts = [self._part(request, choice, seed_of(request, choice, entropy)) for choice in range(request.n)]
        await pause(self._settings.first_token_delay)
        if not request.stream:
            await pause(self._settings.token_delay * max(part.tokens for part in parts))
        for turn in turns(parts):
            for delta in turn:
                yield delta
            if request.stream:
                await pause(self._settings.token_delay)
        yield Delta(usage=Usage(prompt, sum(part.tokens for part in parts)))

    def _part(self, request: ChatRequest, choice: int, seed: bytes) -> Part:
        """Choose between calling tools, refusing, filling a schema, and plain words."""
        if wanted := calls(request, seed):
            return called(request, choice, wanted, [self._call_id() for _ in wanted])
        if is_refused(request):
            return refused(request, choice, refusal())
        text = structured(request, seed) or answer(request, seed)
        return spoken(request, choice, text, at_once=not self._settings.token_delay)

    def _call_id(self) -> str:
        return f"call_{''.join(self._entropy.choices(CALL_ID, k=24))}"

    def _fitting_prompt(self, request: ChatRequest) -> int:
        """Return the prompt's tokens, or refuse what does not fit the context."""
        prompt, limit = count_prompt(request.messages), self._settings.context_length
        if prompt + (request.max_tokens or 0) > limit:
            raise ContextLengthExceeded(limit, prompt, request.max_tokens)
        return prompt


def turns(parts: Sequence[Part]) -> Iterator[Iterable[Delta]]:
    """Return the deltas of all choices, grouped by the moment they are made."""
    if len(parts) == 1:
        return zip(parts[0].deltas)
    rows = zip_longest(*[part.deltas for part in parts])
    return ([delta for delta in row if delta] for row in rows)


async def pause(seconds: float) -> None:
    """Wait, unless there is nothing to wait for: even no time at all is a turn of the event loop."""
    if seconds:
        await asyncio.sleep(seconds)
