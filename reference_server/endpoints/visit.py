"""One request on its way to an engine."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import Message, Receive, Scope

from reference_server.errors import UnknownPath
from reference_server.limits import ApiKey
from reference_server.observed import Observed
from reference_server.protocol.relayed_request import Relayed
from reference_server.routing.deciding import Facts
from reference_server.routing.draws import key as key_of

PRIORITIES: Mapping[bytes, int] = {b"critical": 0, b"normal": 1, b"low": 2}
MOST_URGENT = 0
CONTROL = re.compile(r"[\x00-\x1f]")
SESSIONS = ("prompt_cache_key", "safety_identifier", "user")
"""Parameters that name a session; a header comes before them."""


@dataclass(slots=True)
class Visit:
    """A request whose body is read. `receive` is for whoever waits for the client to leave.

    `headers` by their names in small letters; of several of one name the last. `path` is below the prefix.
    """

    scope: Scope
    receive: Receive
    headers: Mapping[bytes, bytes]
    path: str
    asked: Relayed
    caller: ApiKey
    observed: Observed

    @property
    def priority(self) -> int:
        """How urgent it is, 0 the most: a header may lower what the key says, and says it where there are no keys."""
        wished = PRIORITIES.get(self.headers.get(b"x-adapter-priority", b""))
        if wished is None:
            return self.caller.priority
        return max(wished, self.caller.priority) if "key" in self.scope else wished

    def facts(self, model: str) -> Facts:
        """Return what routing has to know."""
        named = self.session
        return Facts(model, key_of(named) if named else None, critical=self.priority == MOST_URGENT)

    @property
    def session(self) -> str:
        """What names the session; empty where nothing does."""
        if named := self.headers.get(b"x-session-id"):
            return named.decode("latin-1")
        fields = self.asked.fields or {}
        for each in SESSIONS:
            if isinstance(named := fields.get(each), str) and named:
                return named
        return ""


def read_again(body: bytes, receive: Receive) -> Receive:
    """Return a `receive` that gives a body which is read already, and what comes after it."""
    unread = [body]

    async def receive_again() -> Message:
        return {"type": "http.request", "body": unread.pop()} if unread else await receive()

    return receive_again


def path_below(scope: Scope) -> str:
    """Return the path below the prefix; one that would lead elsewhere at the upstream is refused."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    if {".", ".."} & set(path.split("/")) or CONTROL.search(path):
        raise UnknownPath(scope["method"], scope["path"])
    return path
