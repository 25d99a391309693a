"""The ways in which a request fails under load."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """Where a request broke; a refusal is named `status CODE` instead."""

    CONNECT = "connect"
    TIMEOUT = "timeout"
    CUT = "cut"
    PROTOCOL = "protocol"
    MALFORMED = "malformed"
    ERROR_EVENT = "error event"
    CROSS_TALK = "cross-talk"


@dataclass(frozen=True, slots=True)
class Failure:
    """Its kind, and in words what happened: words of a few sorts only, for they are counted."""

    kind: str
    detail: str
