"""Deltas to OpenAI's chat completion, as a stream of chunks."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterable

from reference_server.engines.delta import Delta, TokenChance, Usage
from reference_server.errors import Refusal, ServerFault
from reference_server.formatting.errors import envelope
from reference_server.formatting.json_text import to_bytes, to_text
from reference_server.formatting.logprobs import logprobs_object
from reference_server.formatting.openai_calls import piece_delta
from reference_server.formatting.openai_chat import NO_USAGE, Answer, usage_object

log = logging.getLogger(__name__)

DONE = b"data: [DONE]\n\n"
MOST = 16 * 1024
"""Bytes of events that are sent together."""


async def chunks(deltas: AsyncIterator[Delta], answer: Answer) -> AsyncGenerator[bytes]:
    """Return the events of a stream, those together that come together.

    A failure in the midst of it is an event, and then there is no [DONE].
    """
    write = Writer(answer)
    ready = bytearray()
    started: set[int] = set()
    usage = NO_USAGE
    try:
        async for delta in deltas:
            if delta.usage:
                usage = delta.usage
                continue
            opens = delta.choice not in started
            started.add(delta.choice)
            ready += write.opening(delta) if opens else write.delta(delta)
            if not delta.more or len(ready) > MOST:
                yield bytes(ready)
                ready.clear()
    except Exception as error:
        if not started:
            raise
        yield bytes(ready) + in_band(error, answer.request_id)
        return
    yield bytes(ready) + (write.usage(usage) if answer.include_usage else b"") + DONE


def in_band(error: Exception, request_id: str) -> bytes:
    """Return a failure as an event; our own is logged and told without details."""
    if not isinstance(error, Refusal):
        log.exception("%s failed in mid-stream", request_id, exc_info=error)
        error = ServerFault(request_id)
    return b"data: " + to_bytes(envelope(error)) + b"\n\n"


class Writer:
    """Writes the chunks of one stream; what they share is serialised once."""

    def __init__(self, answer: Answer) -> None:
        """Prepare what stands before and after a choice."""
        shared = {
            "id": answer.id,
            "object": "chat.completion.chunk",
            "created": answer.created,
            "model": answer.model,
            "service_tier": "default",
            "system_fingerprint": answer.fingerprint,
        }
        self._head = f'data: {to_text(shared)[:-1]},"choices":['
        self._tail = '],"usage":null}\n\n' if answer.include_usage else "]}\n\n"
        self._logprobs = answer.logprobs
        self._tells_stop = answer.tells_stop

    def opening(self, delta: Delta) -> bytes:
        """Return a choice's first chunks: its role, with what it begins with, and then what the delta says."""
        said = {"role": "assistant", "content": None}
        call = delta.call
        if call and not call.several:
            return self._chunk(delta.choice, to_text({**said, **piece_delta(call), "refusal": None}), None, "null")
        if not call:
            said |= {"refusal": ""} if delta.refusal else {"content": "", "refusal": None}
        spoken = None if call or delta.refusal else ()
        return self._chunk(delta.choice, to_text(said), spoken, "null") + self.delta(delta)

    def delta(self, delta: Delta) -> bytes:
        """Return the chunks of a delta: what it says, its finish, or both."""
        written = b""
        if delta.text:
            written = self._chunk(delta.choice, f'{{"content":{to_text(delta.text)}}}', delta.chances, "null")
        if delta.reasoning:
            written = self._chunk(delta.choice, f'{{"reasoning_content":{to_text(delta.reasoning)}}}', None, "null")
        if delta.refusal:
            written = self._chunk(delta.choice, f'{{"refusal":{to_text(delta.refusal)}}}', None, "null")
        if delta.call:
            written = self._chunk(delta.choice, to_text(piece_delta(delta.call)), None, "null")
        if delta.finish:
            told = f',"stop_reason":{to_text(delta.stop or None)}' if self._tells_stop else ""
            written += self._chunk(delta.choice, "{}", None, f'"{delta.finish}"{told}')
        return written

    def usage(self, usage: Usage) -> bytes:
        """Return the chunk that has usage and no choices."""
        return f'{self._head}],"usage":{to_text(usage_object(usage))}}}\n\n'.encode()

    def _chunk(self, choice: int, delta: str, chances: Iterable[TokenChance] | None, finish: str) -> bytes:
        logprobs = to_text(logprobs_object(chances)) if self._logprobs and chances is not None else "null"
        body = f'{{"index":{choice},"delta":{delta},"logprobs":{logprobs},"finish_reason":{finish}}}'
        return f"{self._head}{body}{self._tail}".encode()
