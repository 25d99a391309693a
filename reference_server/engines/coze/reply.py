"""Coze's events to what is said, called and paid."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reference_server.engines.coze.calls import CallIds, Chat
from reference_server.engines.coze.codes import failure, failure_in
from reference_server.engines.coze.costs import usage_in
from reference_server.engines.coze.link import read_data
from reference_server.engines.delta import CallPiece, Delta, FinishReason, Usage
from reference_server.engines.events import Event
from reference_server.engines.upstream_errors import UpstreamBroken

CANCELLED = frozenset({"canceled", "cancelled", "conversation.chat.cancelled", "conversation.chat.canceled"})
"""The cloud's spelling, the usual one, and what Studio writes."""
WAITING = frozenset({"requires_action", "required_action"})
ENDS = frozenset({"done", "conversation.stream.done"})
FAULT = 5000
Json = Mapping[str, Any]


class Reply:
    """One answer while its events come in; `finish` says why it has ended, `calls` what it waits for.

    `chat` is None until it is known which chat it is; a chat that is `over` need not be cancelled. It has `begun` with
    the first word, or thought.
    """

    def __init__(self, separator: str) -> None:
        """`separator` stands between several answers of one chat."""
        self.chat: Chat | None = None
        self.over = False
        self.finish: FinishReason | None = None
        self.usage: Usage | None = None
        self.calls: list[Json] = []
        self.begun = False
        self._separator = separator
        self._answer: str | None = None
        self._said: dict[str, list[str]] = {}

    def take(self, event: Event) -> Iterator[Delta]:
        """Yield what an event says; a Refusal for one that tells of a failure. Unknown events say nothing."""
        name = event.name
        if name in ("conversation.message.delta", "conversation.message.completed"):
            yield from self._message(read_data(event), whole=name.endswith("completed"))
        elif name == "error":
            self.over = True
            raise failure_in(read_data(event)) or failure(FAULT)
        elif name.startswith("conversation.chat."):
            yield from self._chat(name, read_data(event))
        elif name in ENDS:
            raise UpstreamBroken("a stream without an end of its chat")

    def _message(self, message: Json, *, whole: bool) -> Iterator[Delta]:
        """Take a message: none but answers are said, and none twice."""
        if message.get("type") != "answer":
            return
        if whole:
            self.usage = usage_in(message.get("meta_data")) or self.usage
        identifier, text = str(message.get("id") or ""), text_of(message, "content")
        if whole and self._is_repeated(identifier, text):
            return
        if thought := text_of(message, "reasoning_content"):
            self.begun = True
            yield Delta(reasoning=thought)
        if text:
            self.begun = True
            yield Delta(text=self._opening(identifier) + text)
            self._said.setdefault(identifier, []).append(text)

    def _is_repeated(self, identifier: str, text: str) -> bool:
        """Whether it was said already: piece by piece, as an answer before this one, or just now by another id."""
        return identifier in self._said or (self._answer is not None and text == "".join(self._said[self._answer]))

    def _opening(self, identifier: str) -> str:
        """Return what stands before an answer that is another than the last."""
        opening = "" if self._answer in (None, identifier) else self._separator
        self._answer = identifier
        return opening

    def _chat(self, name: str, chat: Json) -> Iterator[Delta]:
        """Take a state of the chat."""
        if "id" in chat and "conversation_id" in chat:
            self.chat = Chat(str(chat["conversation_id"]), str(chat["id"]))
        status = str(chat.get("status") or "")
        waits = name == "conversation.chat.requires_action" or status in WAITING
        if name == "conversation.chat.failed" or status == "failed":
            self.over = True
            raise failure_in(mapping(chat.get("last_error"))) or failure_in(chat) or failure(FAULT)
        if name in CANCELLED or status in CANCELLED:
            self.over = True
            raise UpstreamBroken("a chat that was cancelled")
        if name == "conversation.chat.completed" or waits:
            yield from self._end(chat, waits=waits)

    def _end(self, chat: Json, *, waits: bool) -> Iterator[Delta]:
        """Take the end of a chat, or of its first part."""
        self.over = True
        if refused := failure_in(mapping(chat.get("last_error"))):
            raise refused
        self.usage = usage_in(chat.get("usage")) or self.usage
        wanted = list(wanted_calls(chat)) if waits else []
        self.calls = [call for call in wanted if call.get("type", "function") == "function"]
        if self.calls and not self.chat:
            raise UpstreamBroken("calls of a chat without a name")
        if not self.calls and not self._said:
            # A question of a workflow comes as a call, but is none.
            asked = "".join(text_of(mapping(call.get("function")), "arguments") for call in wanted)
            if not asked:
                raise UpstreamBroken("an answer without words")
            yield Delta(text=asked)
        self.finish = "tool_calls" if self.calls else "stop"


def wanted_calls(chat: Json) -> Iterator[Json]:
    """Yield the calls that a chat waits for."""
    wanted = mapping(mapping(chat.get("required_action")).get("submit_tool_outputs")).get("tool_calls")
    yield from (call for call in (wanted if isinstance(wanted, list) else ()) if isinstance(call, dict))


def called(calls: Sequence[Json], chat: Chat, ids: CallIds, owner: str) -> Iterator[Delta]:
    """Yield calls of functions, each under an id by which it is found again."""
    for place, call in enumerate(calls):
        function = mapping(call.get("function"))
        identifier = ids.write(chat, text_of(call, "id"), owner)
        name, payload = text_of(function, "name"), text_of(function, "arguments")
        yield Delta(call=CallPiece(place, "", identifier, name, several=len(calls) > 1))
        yield Delta(call=CallPiece(place, payload))


def mapping(value: Any) -> Json:
    """Return an object, an empty one for whatever is none."""
    return value if isinstance(value, dict) else {}


def text_of(message: Json, key: str) -> str:
    """Return a text, an empty one for whatever is none."""
    found = message.get(key)
    return found if isinstance(found, str) else ""
