"""A conversation to what Coze is asked: messages, variables, files."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from reference_server.engines.coze.link import to_json
from reference_server.errors import Refusal
from reference_server.protocol.chat_request import Message
from reference_server.protocol.media import Attachment

MOST = 100
"""Messages that Coze takes."""
SYSTEM = ("system", "developer")
VARIABLE = "custom_variable:"
BETWEEN = "\n\n"
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class History:
    """What goes into a chat; `cut` counts the oldest messages that found no place."""

    messages: list[Json]
    variables: dict[str, str] = field(default_factory=dict)
    cut: int = 0


class NotTaken(Refusal):
    """A message of a role that the engine can't be given there."""

    def __init__(self, what: str) -> None:
        """`what` the engine does not take."""
        super().__init__(400, f"This model does not take {what}.", code="unsupported_value", param="messages")


def history(messages: Sequence[Message], system_role: str, shown: Callable[[Attachment], Json]) -> History:
    """Return messages as Coze takes them; `shown` is how it is shown what is attached.

    NotTaken for a conversation that does not end with the user, or instructions where those are refused.
    """
    if system_role == "reject" and any(message.role in SYSTEM for message in messages):
        raise NotTaken("messages with the role 'system' or 'developer'")
    kept, left_out = latest(messages)
    variables: dict[str, str] = {}
    if system_role.startswith(VARIABLE):
        said = BETWEEN.join(message.text for message in kept if message.role in SYSTEM)
        variables = {system_role.removeprefix(VARIABLE): said} if said else {}
        kept = [message for message in kept if message.role not in SYSTEM]
    turns = list(turned(kept, shown))
    if not turns or kept[-1].role == "assistant":
        raise NotTaken("a conversation whose last message is not the user's")
    return History(turns, variables, left_out)


def latest(messages: Sequence[Message]) -> tuple[list[Message], int]:
    """Return the last messages that there is room for, and all instructions; and how many were left out."""
    turns = [message for message in messages if message.role not in SYSTEM]
    # A last message of instructions alone becomes a turn of its own.
    left_out = max(len(turns) - (MOST - any(message.role in SYSTEM for message in messages[-1:])), 0)
    gone = {id(message) for message in turns[:left_out]}
    return [message for message in messages if id(message) not in gone], left_out


def attached(messages: Sequence[Message]) -> Iterator[Attachment]:
    """Yield what is attached to the messages that Coze will be given."""
    for message in latest(messages)[0]:
        yield from message.attachments


def turned(messages: Sequence[Message], shown: Callable[[Attachment], Json]) -> Iterator[Json]:
    """Yield Coze's messages. Instructions stand before what the user says next, or last of all by themselves."""
    waiting: list[str] = []
    for message in messages:
        if message.role in SYSTEM:
            waiting.append(message.text)
        elif message.role == "assistant":
            if said := BETWEEN.join(part for part in (message.text, *called(message)) if part):
                yield turn("assistant", said)
        else:
            said = BETWEEN.join(part for part in (*waiting, told(message)) if part)
            waiting = []
            yield turn("user", said, [shown(each) for each in message.attachments])
    if said := BETWEEN.join(part for part in waiting if part):
        yield turn("user", said)


def turn(role: str, text: str, parts: Sequence[Json] = ()) -> Json:
    """Return a message of Coze's; text alone must be called so."""
    kind = "answer" if role == "assistant" else "question"
    if not parts:
        return {"role": role, "type": kind, "content": text, "content_type": "text"}
    spoken = [{"type": "text", "text": text}] if text else []
    return {"role": role, "type": kind, "content": to_json([*spoken, *parts]), "content_type": "object_string"}


def called(message: Message) -> Iterator[str]:
    """Tell of the calls that a turn made: Coze has no place for calls of others."""
    for call in message.tool_calls:
        yield f"{call.name}({call.payload})"


def told(message: Message) -> str:
    """Return what a user said, or what came of a call."""
    return f"Result of the call: {message.text}" if message.role in ("tool", "function") else message.text
