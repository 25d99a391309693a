"""Ids of tool calls that hold where the call belongs, sealed."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hashlib import blake2b
from hmac import compare_digest
from typing import NamedTuple

PREFIX = "call_cz"
SEAL = 12
"""Bytes."""


class Chat(NamedTuple):
    """Coze's ids of a chat, and of the conversation that it is in."""

    conversation: str
    id: str


class CallIds:
    """Writes and reads ids, so that any worker and node can go on with a chat that waits for its tools.

    Nobody but the one that a call was made for can make use of its id.
    """

    def __init__(self, secret: str) -> None:
        """All workers know the secret: it is their key for Coze."""
        self._key = blake2b(secret.encode(), digest_size=32, person=b"coze-calls").digest()

    def write(self, chat: Chat, call: str, owner: str) -> str:
        """Return an id for a call of Coze's."""
        content = "\0".join((*chat, call)).encode()
        return PREFIX + urlsafe_b64encode(self._seal(content, owner) + content).decode().rstrip("=")

    def read(self, identifier: str, owner: str) -> tuple[Chat, str] | None:
        """Return the chat and Coze's own id of a call; None for an id that is not ours, or not this owner's."""
        if not identifier.startswith(PREFIX):
            return None
        text = identifier.removeprefix(PREFIX)
        try:
            sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (Error, ValueError):
            return None
        content = sealed[SEAL:]
        if not compare_digest(sealed[:SEAL], self._seal(content, owner)):
            return None
        conversation, chat, call = content.decode().split("\0", 2)
        return Chat(conversation, chat), call

    def _seal(self, content: bytes, owner: str) -> bytes:
        return blake2b(content + b"\0" + owner.encode(), digest_size=SEAL, key=self._key).digest()
