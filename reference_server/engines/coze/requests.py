"""A request to what Coze is sent."""

from collections.abc import Sequence
from hashlib import sha256
from itertools import takewhile
from random import Random
from typing import Any, NamedTuple

from reference_server.engines.coze.calls import PREFIX, CallIds
from reference_server.engines.coze.history import History
from reference_server.errors import Refusal
from reference_server.protocol.chat_request import ChatRequest, Message

CHAT = "/v3/chat"
OUTPUTS = "/v3/chat/submit_tool_outputs"
Json = dict[str, Any]


class Asked(NamedTuple):
    """A call that is answered with events."""

    path: str
    params: dict[str, str]
    body: Json


class UnknownCall(Refusal):
    """The result of a call that nobody waits for, or somebody else."""

    def __init__(self, identifier: str) -> None:
        """Name it."""
        message = f"No tool call found with id '{identifier}': it is not one of yours at this model."
        super().__init__(400, message, code="invalid_value", param="messages")


def new_chat(bot: str, user: str, told: History) -> Asked:
    """Return what begins a chat in a conversation of its own; nothing of any other can get into it."""
    variables = {"custom_variables": told.variables} if told.variables else {}
    body = {
        "bot_id": bot,
        "user_id": user,
        # Studio streams where nothing is said, the cloud does not.
        "stream": True,
        # Without it there is nothing to retrieve, or to submit results to.
        "auto_save_history": True,
        "additional_messages": told.messages,
        **variables,
    }
    return Asked(CHAT, {}, body)


def outputs(messages: Sequence[Message], ids: CallIds, owner: str) -> Asked | None:
    """Return what hands results to the chat that waits for them; None where there are none, or of other engines' calls.

    UnknownCall for the result of a call of ours that is another owner's, or was tampered with.
    """
    results = list(takewhile(lambda message: message.role == "tool", reversed(messages)))[::-1]
    found = [(result, ids.read(result.tool_call_id or "", owner)) for result in results]
    for result, call in found:
        if call is None and (result.tool_call_id or "").startswith(PREFIX):
            raise UnknownCall(result.tool_call_id or "")
    known = [(call[0], {"tool_call_id": call[1], "output": result.text}) for result, call in found if call]
    chats = {chat for chat, _ in known}
    if len(known) < len(results) or len(chats) != 1:
        return None
    (chat,) = chats
    params = {"conversation_id": chat.conversation, "chat_id": chat.id}
    return Asked(OUTPUTS, params, {"tool_outputs": [output for _, output in known], "stream": True})


def owner_of(request: ChatRequest) -> str:
    """Return whom a request is for; empty for nobody in particular."""
    return f"{request.tenant}\0{request.user}" if request.tenant or request.user else ""


def user_id(request: ChatRequest, entropy: Random) -> str:
    """Return whom Coze knows them by: always the same, or each time another where nobody says who it is.

    Bots remember users. Whoever shared an id would share what is remembered, and many may share a key.
    """
    return sha256(owner_of(request).encode()).hexdigest()[:32] if request.user else f"{entropy.getrandbits(128):032x}"
