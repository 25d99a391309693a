"""What is noted of a request on its way, for logs, metrics and limits."""

from dataclasses import dataclass, field
from typing import NamedTuple


class Attempt(NamedTuple):
    """One engine that was asked, and how that went; moments as in Observed.

    `status` is the HTTP status of its answer, None where there was none; `error` is what failed, in one word.
    `first_byte` is when its answer began.
    """

    engine: str
    began: float
    ended: float
    first_byte: float | None = None
    status: int | None = None
    error: str | None = None


@dataclass(slots=True, kw_only=True)
class Observed:
    """One request, filled in on its way. Moments are seconds of one monotonic clock, None is not reached.

    `operation` is the path below the prefix, empty for any other. `key` is the id of the API key, never the key.
    `route` is the rule that matched; `attempts` counts the engines that were asked, `asked` tells of each. `status` is
    None where the client was sent nothing. `tokens_in` and `tokens_out` are None where nobody said, and `counted` by us
    where the engine did not; `pieces` counts the pieces of a stream. `limited` is the limit that refused it: requests,
    tokens or concurrency. `trace` is the `traceparent` it came with. `error` is a word of ours, never a message.
    """

    request_id: str
    method: str
    path: str
    began: float
    operation: str = ""
    trace: str | None = None
    key: str | None = None
    model: str | None = None
    streams: bool = False
    engine: str | None = None
    route: str | None = None
    attempts: int = 0
    asked: list[Attempt] = field(default_factory=list)
    overflow: str | None = None
    limited: str | None = None
    cache: str | None = None
    dropped: list[str] = field(default_factory=list)
    waited: float = 0.0
    read: float | None = None
    routed: float | None = None
    first_byte: float | None = None
    first_token: float | None = None
    last_token: float | None = None
    ended: float | None = None
    pieces: int = 0
    tokens_in: int | None = None
    tokens_out: int | None = None
    counted: bool = False
    finish: str | None = None
    status: int | None = None
    error: str | None = None
    client_left: bool = False
