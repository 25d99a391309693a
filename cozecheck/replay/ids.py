"""Ids that an answer gives and a later request names."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from cozecheck.contract.operations import api_path
from cozecheck.exchange import Request, Response

DEEPEST: Final = 12
"""Levels of an answer in which ids are looked for; none of OpenAI's lies deeper."""
STATEFUL: Final = frozenset(("previous_response_id", "conversation", "input_file_id", "file_id", "container"))
"""Keys of requests that name what a server must have kept."""
_ID = re.compile(r"(?=.*[-_0-9])[A-Za-z0-9][\w.:-]{5,127}")
_MADE = re.compile(r"(?=.*[0-9A-Z])[\w.:-]{6,128}")
"""A step of a path that is somebody's id: those of the API itself are small letters."""

Place = tuple[str, int]
"""Where an id stands: the keys that lead there, and how many others stand before it there."""


def given(response: Response | None) -> dict[Place, str]:
    """Return the ids of an answer by their places; two answers to one request have theirs at the same ones."""
    found: dict[str, dict[str, None]] = {}
    for value in _values(response):
        for path, id in _ids(value):
            found.setdefault(path, {})[id] = None
    return {(path, number): id for path, ids in found.items() for number, id in enumerate(ids)}


def _values(response: Response | None) -> Iterator[Any]:
    if response is None:
        return
    if response.is_stream:
        yield from (each.value for each in response.payloads)
    else:
        yield response.json


def _ids(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            if not isinstance(item, dict | list):
                return  # numbers and texts: no ids among them
            yield from _ids(item, f"{path}/{_sort(item)}", depth + 1)
    elif isinstance(value, dict) and value.get("object") != "model":  # a model's id is its name
        for key, each in value.items():
            if not isinstance(each, str):
                yield from _ids(each, f"{path}/{key}", depth + 1)
            elif (key == "id" or key.endswith("_id")) and _ID.fullmatch(each):
                yield f"{path}/{key}", each


def _sort(item: Any) -> str:
    """What stands for the place in a list: another server may think before it speaks, and count differently."""
    sort = item.get("type") if isinstance(item, dict) else None
    return sort if isinstance(sort, str) else "*"


def paired(recorded: Response | None, live: Response | None) -> dict[str, str]:
    """Return the recorded ids, each with the one that stands in the same place now."""
    now = given(live)
    pairs: dict[str, str] = {}
    for place, id in given(recorded).items():
        if place in now:
            pairs.setdefault(id, now[place])
    return pairs


def named(request: Request) -> set[str]:
    """Return all that may be an id in a request: in its path, its query, its body."""
    parts = urlsplit(request.url)
    found = {unquote(step) for step in parts.path.split("/")} | {value for _, value in parse_qsl(parts.query)}
    left: list[Any] = [request.parsed.value]
    while left:
        part = left.pop()
        if isinstance(part, str):
            found.add(part)
        elif isinstance(part, list):
            left.extend(part)
        elif isinstance(part, dict):
            left.extend(part.values())
    return {each for each in found if _ID.fullmatch(each)}


def required(request: Request) -> set[str]:
    """Return the ids without which a request makes no sense: of what the server must have kept."""
    found = _in_path(request)
    left: list[Any] = [request.json]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            found.update(_kept(part))
            left.extend(part.values())
        elif isinstance(part, list):
            left.extend(each for each in part if isinstance(each, dict | list))
    return {each for each in found if each} | _unanswered(request.json.get("input"))


def _in_path(request: Request) -> set[str]:
    steps = (api_path(request.path) or "").strip("/").split("/")
    named_by_people = steps[0] in ("models", "engines")
    return set() if named_by_people else {unquote(step) for step in steps[1:] if _MADE.fullmatch(step)}


def changed(request: Request) -> set[str]:
    """Return the ids of the things that a request changes: what it is sent to, and the conversation it goes into."""
    if request.method == "GET":
        return set()
    talk = {key: value for key, value in request.json.items() if key == "conversation"}
    return _in_path(request) | set(_kept(talk))


def _kept(part: dict[str, Any]) -> Iterator[str]:
    for key in STATEFUL & part.keys():
        value = part[key]
        id = value.get("id") if isinstance(value, dict) else value
        if isinstance(id, str) and _ID.fullmatch(id):
            yield id


def _unanswered(input: Any) -> set[str]:
    """Return the calls that are answered here and were made elsewhere."""
    items = [each for each in input if isinstance(each, dict)] if isinstance(input, list) else []
    calls = [(str(each.get("type", "")), each["call_id"]) for each in items if isinstance(each.get("call_id"), str)]
    made = {id for sort, id in calls if not sort.endswith("_output")}
    return {id for sort, id in calls if sort.endswith("_output")} - made


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """Return a JSON value with every text that is one of *names* replaced."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [renamed(each, names) for each in value]
    if isinstance(value, dict):
        return {key: renamed(each, names) for key, each in value.items()}
    return value
