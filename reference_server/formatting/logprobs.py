"""Logprobs in OpenAI's shape."""

from collections.abc import Iterable
from typing import Any

from reference_server.engines.delta import TokenChance


def logprobs_object(chances: Iterable[TokenChance]) -> dict[str, Any]:
    """Return the logprobs of some tokens."""
    return {
        "content": [
            token_object(chance.token, chance.logprob)
            | {"top_logprobs": [token_object(*other) for other in chance.others]}
            for chance in chances
        ],
        "refusal": None,
    }


def token_object(token: bytes, logprob: float) -> dict[str, Any]:
    """Return a token; one that is no whole character is shown by its bytes."""
    return {"token": shown(token), "logprob": logprob, "bytes": list(token)}


def shown(token: bytes) -> str:
    """Return a token's text, or `bytes:\\xf0\\x9f` for part of a character."""
    try:
        return token.decode()
    except UnicodeDecodeError:
        return "bytes:" + "".join(f"\\x{byte:02x}" for byte in token)
