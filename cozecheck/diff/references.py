"""Ids replaced by what they refer to, so that references still line up."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from cozecheck.diff.paths import Steps, pointer
from cozecheck.exchange import Request

NEW = "new"
REQUESTED: Steps = ("the request",)
KEYS = frozenset(
    {
        "id",
        "item_id",
        "call_id",
        "tool_call_id",
        "response_id",
        "previous_response_id",
        "conversation_id",
        "first_id",
        "last_id",
        "file_id",
        "container_id",
        "approval_request_id",
        "input_file_id",
        "output_file_id",
    }
)
"""Keys whose texts are ids."""
_PREFIX = re.compile(r"[A-Za-z]+(?:[-_](?=[A-Za-z0-9])|$)")


@dataclass(frozen=True, slots=True)
class Reference:
    """An id: where it was first seen (`new` where that is here), and how its kind is written: `call_`."""

    to: str
    prefix: str
    id: str = field(default="", compare=False)


@dataclass(slots=True)
class References:
    """The ids of one answer as they come."""

    seen: dict[str, Steps] = field(default_factory=dict)

    def take(self, id: str, steps: Steps) -> Reference:
        """Replace the *id* that stands at a place."""
        before = self.seen.setdefault(id, steps)
        return Reference(NEW if before is steps else pointer(before), prefix(id), id)


def plain(value: Any) -> Any:
    """Return a value as it was said: ids in the place of references."""
    if isinstance(value, Reference):
        return value.id
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list) else value


def prefix(id: str) -> str:
    """Return the beginning of an id that says of what kind it is: `chatcmpl-`, `call_`; empty where there is none."""
    found = _PREFIX.match(id)
    return found.group() if found and len(found.group()) < len(id) else ""


def requested(request: Request) -> References:
    """Begin with the ids that the request names, in its body and in its path."""
    seen = {unquote(step): REQUESTED for step in urlsplit(request.url).path.split("/") if prefix(unquote(step))}
    left: list[Any] = [request.json]
    while left:
        part = left.pop()
        if isinstance(part, list):
            left.extend(part)
        elif isinstance(part, Mapping):
            seen.update({part[key]: REQUESTED for key in KEYS & part.keys() if isinstance(part[key], str)})
            left.extend(each for each in part.values() if isinstance(each, dict | list))
    return References(seen)
