"""What a protocol has to bring: a request, an answer, an error."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from reference_server.endpoints import Rooms
from reference_server.errors import Refusal
from reference_server.settings import Settings


class Reply(Protocol):
    """One answer, on its way from chat completions to the client. A Refusal from any of these is told to the client."""

    def whole(self, completion: bytes) -> bytes:
        """Return a `chat.completion` as the client gets it."""
        ...

    def event(self, data: bytes) -> bytes:
        """Return what the client gets for the data of one event: a chunk, an error in the midst, or `[DONE]`."""
        ...

    def failure(self, refusal: Refusal) -> bytes:
        """Return the events of a stream that breaks off."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as a body for chat completions; `dropped` are parameters that they lack."""

    body: bytes
    reply: Callable[[str], Reply]
    """Begins the answer to a request with this id."""
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Translator:
    """A protocol: everything at and below `path` speaks it."""

    path: str
    is_enabled: Callable[[Settings], bool]
    routes: Callable[[Rooms], list[Route]]
    secret: Callable[[Scope], str]
    """Returns the API key that a request brings, or refuses one without."""
    told: Callable[[Scope, Refusal], ASGIApp]
    """Returns a refusal as a response."""
