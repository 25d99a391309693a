"""Ways to be wrong about responses and conversations, as decorators."""

import re
from collections.abc import Callable, Iterable, Sequence

from reference_server.flaws.events import Event
from reference_server.flaws.kinds import Change, Flaw, hooked
from reference_server.flaws.messages import Json, Reply, Request, read_object, write_json
from reference_server.flaws.relay import Hooks

Told = Callable[[Json, Sequence[Json]], Iterable[Json]]
RESPONSES = re.compile(r".*/responses")
RESPONSE = re.compile(r".*/responses/[^/]+")
_NAME, _DATA = b"event: ", b"\ndata: "


def always(_: Request) -> bool:
    """Every request."""
    return True


def cool(request: Request) -> bool:
    """A request for a response at a temperature: nothing is kept of it that another request asks for."""
    return "temperature" in request.json


def instructed(request: Request) -> bool:
    """A request for a response with instructions, which no stream is held against."""
    return "instructions" in request.json


def creates(request: Request) -> bool:
    """It asks for a response."""
    return request.method == "POST" and bool(RESPONSES.fullmatch(request.path))


def shows(request: Request) -> bool:
    """It asks for a response, new or kept."""
    return creates(request) or (request.method == "GET" and bool(RESPONSE.fullmatch(request.path)))


def response(*fails: str, when: Callable[[Request], bool] = always) -> Callable[[Change], Flaw]:
    """Changes the JSON of a response in place, new or kept, where `when` holds; streams are left alone."""
    return told(*fails, when=lambda request: shows(request) and when(request))


def told(*fails: str, when: Callable[[Request], bool]) -> Callable[[Change], Flaw]:
    """Changes the JSON of a good reply in place, where `when` holds of the request."""

    def declare(change: Change) -> Flaw:
        def rewrite(request: Request, reply: Reply) -> Reply:
            if reply.status != 200 or reply.streams or not when(request):
                return reply
            value = reply.json
            change(value)
            return reply.with_json(value)

        return hooked(change, fails, Hooks(after=rewrite))

    return declare


def ignoring(name: str, *fails: str, when: Callable[[Request], bool] = always) -> Callable[[Callable[[], None]], Flaw]:
    """A parameter of a response is ignored, and repeated all the same."""

    def declare(function: Callable[[], None]) -> Flaw:
        def meant(request: Request) -> bool:
            return creates(request) and name in request.json and when(request)

        def drop(request: Request) -> Request:
            kept = {key: value for key, value in request.json.items() if key != name}
            return request.with_json(kept) if meant(request) else request

        def repeat(request: Request, reply: Reply) -> Reply:
            if not meant(request) or reply.status != 200 or reply.streams:
                return reply
            asked = request.json[name]
            repeated = {"id": asked} if name == "conversation" and isinstance(asked, str) else asked
            return reply.with_json({**reply.json, name: repeated})

        return hooked(function, fails, Hooks(before=drop, after=repeat))

    return declare


def events(*fails: str, when: Callable[[Request], bool] = always, numbered: bool = True) -> Callable[[Told], Flaw]:
    """What is sent in the place of an event of a response, given those before it; numbered anew unless told not to."""

    def declare(function: Told) -> Flaw:
        def rewrite(request: Request, event: Event, before: Sequence[Event]) -> Iterable[Event]:
            value = read(event)
            if value is None or not when(request):
                return (event,)
            values = [found for found in map(read, before) if found is not None]
            sent = list(function(value, values))
            if numbered:
                first = sum(_counts(function, values, place) for place in range(len(values)))
                _number(sent, first)
            return [written(each) for each in sent]

        return hooked(function, fails, Hooks(stream=rewrite))

    return declare


def _counts(function: Told, values: Sequence[Json], place: int) -> int:
    """Return how many numbered events were sent in the place of an earlier one."""
    copies = [dict(value) for value in values[: place + 1]]
    return sum("type" in each for each in function(copies[place], copies[:place]))


def _number(sent: Iterable[Json], first: int) -> None:
    typed = [each for each in sent if "type" in each]
    for number, each in enumerate(typed, first):
        each["sequence_number"] = number


def read(event: Event) -> Json | None:
    """Return an event of a response as JSON; None for any other."""
    if not isinstance(event, bytes) or not event.startswith(_NAME):
        return None
    value = read_object(event.partition(_DATA)[2])
    return value if value is not None and "type" in value else None


def written(value: Json) -> bytes:
    """Return an event as bytes, named for its type if it has one."""
    name = _NAME + value["type"].encode() + b"\n" if "type" in value else b""
    return name + b"data: " + write_json(value) + b"\n\n"
