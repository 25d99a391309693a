"""Deltas to a response: its events, or its last state as one body."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any

from reference_server.engines.delta import Delta, Usage
from reference_server.errors import Refusal, ServerFault
from reference_server.formatting.json_text import to_bytes, to_text
from reference_server.formatting.openai_output import Output
from reference_server.formatting.openai_responses import Frame, State, response_object

log = logging.getLogger(__name__)

Json = dict[str, Any]
END_OF = {"incomplete": "response.incomplete", "completed": "response.completed"}


class Course:
    """One response on its way: `clock` in seconds, `keep` gets the finished response before anybody sees it."""

    def __init__(
        self,
        frame: Frame,
        new_id: Callable[[str], str],
        clock: Callable[[], float],
        keep: Callable[[Json], Awaitable[None]],
    ) -> None:
        """Begin with nothing written."""
        self._frame = frame
        self._output = Output(new_id)
        self._clock = clock
        self._keep = keep

    async def body(self, deltas: AsyncIterator[Delta]) -> bytes:
        """Return the finished response."""
        last: Json = {}
        async for event in self._events(deltas):
            last = event
        return to_bytes(last["response"])

    async def stream(self, deltas: AsyncIterator[Delta]) -> AsyncGenerator[bytes]:
        """Return the events, numbered; a failure in the midst of them is an event, and the last state is `failed`."""
        number = 0
        try:
            async with aclosing(self._events(deltas)) as events:
                async for event in events:
                    yield written(event, number)
                    number += 1
        except Exception as error:
            if not number:
                raise
            for event in self._failed(error):
                yield written(event, number)
                number += 1

    async def _events(self, deltas: AsyncIterator[Delta]) -> AsyncGenerator[Json]:
        """Yield the events; what is refused is refused before the first of them."""
        first = await anext(deltas)
        for name in ("created", "in_progress"):
            yield {"type": f"response.{name}", "response": response_object(self._frame, State())}
        status, usage = "completed", first.usage
        for event in self._output.take(first):
            yield event
        status = "incomplete" if first.finish == "length" else status
        async for delta in deltas:
            usage = delta.usage or usage
            status = "incomplete" if delta.finish == "length" else status
            for event in self._output.take(delta):
                yield event
        for event in self._output.close(status):
            yield event
        finished = self._finished(status, usage)
        await self._keep(finished)
        yield {"type": END_OF[status], "response": finished}

    def _finished(self, status: str, usage: Usage | None) -> Json:
        completed_at = int(self._clock()) if status == "completed" else None
        state = State(status=status, output=self._output.items, usage=usage, completed_at=completed_at)
        return response_object(self._frame, state)

    def _failed(self, error: Exception) -> list[Json]:
        """Return the events of a failure; our own is logged and told without details."""
        if not isinstance(error, Refusal):
            log.exception("%s failed in mid-stream", self._frame.request_id, exc_info=error)
            error = ServerFault(self._frame.request_id)
        told = {"code": error.code or "server_error", "message": error.message}
        state = State(status="failed", output=self._output.items, error=told)
        return [
            {"type": "error", **told, "param": error.param},
            {"type": "response.failed", "response": response_object(self._frame, state)},
        ]


def written(event: Json, number: int) -> bytes:
    """Return an event as bytes, named for its type."""
    kind, *_ = event.values()
    numbered = {"type": kind, "sequence_number": number} | event
    return f"event: {kind}\ndata: {to_text(numbered)}\n\n".encode()
