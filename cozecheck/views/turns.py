"""Exchanges read as assistant turns: words and tool calls, from bodies and streams alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import Any

from cozecheck.contract.parameters import is_number
from cozecheck.exchange import ABSENT, Exchange, read_once
from cozecheck.views.chat import chat_body
from cozecheck.views.chat_stream import ChatStream, chat_stream, ended


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call, as a client that puts it together has it; *payload* is its arguments, or its input."""

    id: Any
    kind: Any
    name: Any
    payload: Any
    at: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One choice; what was never sent is ABSENT."""

    at: str
    content: Any = ABSENT
    refusal: Any = ABSENT
    calls: tuple[Call, ...] = ()
    listed: Any = ABSENT
    """What stands under `tool_calls`: of a stream the first such list."""
    function_call: Any = ABSENT
    finish: Any = None

    @property
    def is_cut(self) -> bool:
        """Whether the answer was ended from outside: what it says may be half of it."""
        return self.finish in ("length", "content_filter")

    @property
    def is_refusal(self) -> bool:
        """Whether the model declined."""
        return isinstance(self.refusal, str) and bool(self.refusal)

    @property
    def text(self) -> str:
        """The content where it is a string, else an empty one."""
        return self.content if isinstance(self.content, str) else ""


@dataclass(frozen=True)
class Turns:
    """All choices of an answer, and the request they answer."""

    exchange: Exchange
    asked: Mapping[str, Any]
    turns: tuple[Turn, ...]
    streamed: bool
    created: float
    """When the answer says it was made; infinite where it does not."""

    @cached_property
    def offered(self) -> dict[str, dict[str, Any]]:
        """The tools of the request that can be read, by name."""
        return {name: tool for tool in listed(self.asked.get("tools")) if (name := tool_name(tool))}

    @property
    def choice(self) -> Any:
        """The tool_choice of the request: auto where there is none."""
        return self.asked.get("tool_choice") or "auto"

    @property
    def calls(self) -> list[Call]:
        """The calls of all choices."""
        return [call for turn in self.turns for call in turn.calls]


def listed(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; none where it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def tool_name(tool: Mapping[str, Any]) -> str:
    """Return the name of a tool, or of a reference to one; empty where it has none."""
    kind = tool.get("type")
    named = tool.get(kind, tool) if isinstance(kind, str) else tool
    name = named.get("name") if isinstance(named, dict) else None
    return name if isinstance(name, str) else ""


@read_once
def turns(exchange: Exchange) -> Turns | None:
    """Read the choices of a chat answer that came to its end."""
    body = chat_body(exchange)
    if body:
        made = tuple(_of_body(place, choice) for place, choice in enumerate(body.choices))
        return Turns(exchange, body.asked, made, streamed=False, created=_created(body.value))
    stream = chat_stream(exchange)
    if stream is None or not stream.chunks or not ended(stream):
        return None
    first = stream.chunks[0][1]
    return Turns(exchange, stream.asked, tuple(_of_stream(stream)), streamed=True, created=_created(first))


def _created(value: Mapping[str, Any]) -> float:
    created = value.get("created")
    return created if is_number(created) else inf


def _of_body(place: int, choice: dict[str, Any]) -> Turn:
    message = choice.get("message")
    said = message if isinstance(message, dict) else {}
    at = f"/choices/{place}/message"
    return Turn(
        at=at,
        content=said.get("content", ABSENT),
        refusal=said.get("refusal", ABSENT),
        calls=tuple(_call(each, f"{at}/tool_calls/{i}") for i, each in enumerate(listed(said.get("tool_calls")))),
        listed=said.get("tool_calls", ABSENT),
        function_call=said.get("function_call", ABSENT),
        finish=choice.get("finish_reason"),
    )


def _call(sent: dict[str, Any], at: str) -> Call:
    body = _inner(sent)
    payload = body.get("input" if "custom" in sent else "arguments", ABSENT)
    return Call(sent.get("id", ABSENT), sent.get("type", ABSENT), body.get("name", ABSENT), payload, at)


def _inner(sent: Mapping[str, Any]) -> dict[str, Any]:
    body = sent.get("function", sent.get("custom"))
    return body if isinstance(body, dict) else {}


@dataclass(slots=True)
class StreamedCall:
    """One tool call of a stream, as it came in fragments: each with the number of its event."""

    choice: Any
    index: Any
    fragments: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    @property
    def first(self) -> int:
        """The event of the first fragment."""
        return self.fragments[0][0]

    @property
    def at(self) -> str:
        """Where it stands, in words."""
        return f"choice {self.choice}, event {self.first}"

    def values(self, key: str) -> list[tuple[int, Any]]:
        """Return what *key* takes over the fragments, null left out."""
        return [(at, each[key]) for at, each in self.fragments if each.get(key) is not None]

    def inner(self, key: str) -> list[tuple[int, Any]]:
        """Return what *key* of `function`, or `custom`, takes over the fragments, null left out."""
        found = ((at, _inner(each).get(key)) for at, each in self.fragments)
        return [(at, value) for at, value in found if value is not None]

    @property
    def payload(self) -> Any:
        """The fragments of the payload joined; ABSENT where there are none, or not all are strings."""
        parts = [value for key in ("arguments", "input") for _, value in self.inner(key)]
        return "".join(parts) if parts and all(isinstance(part, str) for part in parts) else ABSENT

    def call(self) -> Call:
        """Put it together: of what should come once the first counts."""
        ids, kinds, names = self.values("id"), self.values("type"), self.inner("name")
        return Call(
            id=ids[0][1] if ids else ABSENT,
            kind=kinds[0][1] if kinds else ABSENT,
            name=names[0][1] if names else ABSENT,
            payload=self.payload,
            at=self.at,
        )


def deltas(stream: ChatStream) -> Iterator[tuple[int, Any, dict[str, Any], dict[str, Any]]]:
    """Yield each delta of a stream: its event, its choice's index, itself, and the choice it stands in."""
    for at, chunk in stream.chunks:
        for choice in listed(chunk.get("choices")):
            delta = choice.get("delta")
            yield at, choice.get("index"), delta if isinstance(delta, dict) else {}, choice


def streamed_calls(stream: ChatStream) -> list[StreamedCall]:
    """Put the tool calls of a stream together; a new id under an old index, or under none, begins a new call."""
    calls: list[StreamedCall] = []
    current: dict[tuple[str, str], StreamedCall] = {}
    for at, choice, delta, _ in deltas(stream):
        for fragment in listed(delta.get("tool_calls")):
            index = fragment.get("index", ABSENT)
            place = repr(choice), repr(index)
            if place not in current or _is_new(fragment, current[place]):
                current[place] = StreamedCall(choice, index)
                calls.append(current[place])
            current[place].fragments.append((at, fragment))
    return calls


def _is_new(fragment: Mapping[str, Any], call: StreamedCall) -> bool:
    id, ids = fragment.get("id"), [value for _, value in call.values("id") if value]
    return bool(id) and bool(ids) and id not in ids


def _of_stream(stream: ChatStream) -> Iterator[Turn]:
    calls = streamed_calls(stream)
    said: dict[str, _Said] = {}
    for _, index, delta, choice in deltas(stream):
        said.setdefault(repr(index), _Said(index)).add(delta, choice.get("finish_reason"))
    for spoken in said.values():
        yield spoken.turn(tuple(call.call() for call in calls if repr(call.choice) == repr(spoken.index)))


@dataclass(slots=True)
class _Said:
    """The words of one choice while its deltas come in."""

    index: Any
    content: Any = ABSENT
    refusal: Any = ABSENT
    listed: Any = ABSENT
    name: Any = ABSENT
    arguments: Any = ABSENT
    finish: Any = None

    def add(self, delta: Mapping[str, Any], finish: Any) -> None:
        self.content = _joined(self.content, delta.get("content", ABSENT))
        self.refusal = _joined(self.refusal, delta.get("refusal", ABSENT))
        if self.listed is ABSENT:
            self.listed = delta.get("tool_calls", ABSENT)
        called = delta.get("function_call")
        if isinstance(called, dict):
            self.name = _joined(self.name, called.get("name", ABSENT))
            self.arguments = _joined(self.arguments, called.get("arguments", ABSENT))
        self.finish = self.finish or finish

    def turn(self, calls: tuple[Call, ...]) -> Turn:
        spoke = self.name is not ABSENT or self.arguments is not ABSENT
        called = {"name": self.name, "arguments": self.arguments} if spoke else ABSENT
        return Turn(f"choice {self.index}", self.content, self.refusal, calls, self.listed, called, self.finish)


def _joined(before: Any, part: Any) -> Any:
    if isinstance(before, str) and isinstance(part, str):
        return before + part
    is_told = isinstance(before, str) or (part is None and before is not ABSENT)
    return before if part is ABSENT or is_told else part
