"""The answer to one request: a message, or its events."""

from collections.abc import Mapping, Set
from typing import Any

from reference_server.errors import Refusal
from reference_server.formatting.json_text import to_bytes
from reference_server.translators.anthropic.answer import message
from reference_server.translators.anthropic.errors import envelope
from reference_server.translators.anthropic.stream import Course
from reference_server.translators.completions import read_completion

DONE = b"[DONE]"
STATUSES: Mapping[str, int] = {"timeout": 504, "rate_limit_exceeded": 429}
"""What an error in mid-stream would have been as a status, by its code; all others are the server's."""


class Reply:
    """One answer; thoughts are shown to who asked for them."""

    def __init__(self, stops: Set[str], request_id: str, *, shows_thoughts: bool) -> None:
        """`stops` are the stop sequences that were asked for."""
        self._stops = stops
        self._request_id = request_id
        self._shows_thoughts = shows_thoughts
        self._course = Course(stops, shows_thoughts=shows_thoughts)

    def whole(self, completion: bytes) -> bytes:
        """Return a completion as a message."""
        return to_bytes(message(read_completion(completion), self._stops, shows_thoughts=self._shows_thoughts))

    def event(self, data: bytes) -> bytes:
        """Return the events that a chunk becomes, or the end, or an error."""
        if data.strip() == DONE:
            return b"".join(map(written, self._course.end()))
        chunk = read_completion(data)
        if chunk.error is not None:
            return self.failure(failed(chunk.error))
        return b"".join(map(written, self._course.take(chunk)))

    def failure(self, refusal: Refusal) -> bytes:
        """Return the event of a stream that breaks off."""
        return written(envelope(refusal, self._request_id))


def failed(error: Any) -> Refusal:
    """Return what an error in the midst of a stream says."""
    told = error if isinstance(error, dict) else {"message": error}
    code = told.get("code") if isinstance(told.get("code"), str) else None
    return Refusal(STATUSES.get(code or "", 500), str(told.get("message")), code=code)


def written(event: Mapping[str, Any]) -> bytes:
    """Write an event, named for its type."""
    return b"event: %s\ndata: %s\n\n" % (event["type"].encode(), to_bytes(event))
