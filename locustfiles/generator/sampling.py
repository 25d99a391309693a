"""Sampled exchanges, in the form in which exchanges lie on a disk."""

import base64
from random import Random
from typing import Any

from cozecheck.masking import mask_secrets, mask_url
from generator.address import Header
from generator.reply import Reply

MASKED = "***"


class Sampler:
    """Chooses, by a seed and before anything is sent, which exchanges are kept."""

    def __init__(self, random: Random, share: float) -> None:
        self._random = random
        self._share = share

    def choose(self) -> bool:
        """Whether the next one is kept."""
        return self._random.random() < self._share


def exchange(
    url: str, method: str, headers: tuple[Header, ...], body: bytes, reply: Reply, secrets: tuple[str, ...]
) -> dict[str, Any]:
    """Return an exchange with its reads; secrets are masked wherever they stand."""
    received = {name.decode("latin-1"): value.decode("latin-1") for name, value in reply.headers}
    sent = {"content-type": "application/json"} if method == "POST" else {}
    return {
        "request": {
            "method": method,
            "url": mask_url(url),
            "headers": _masked({**sent, **dict(headers)}, secrets),
            **_body(body, secrets),
        },
        "response": {
            "status": reply.status,
            "headers": _masked(received, secrets),
            **_body(bytes(reply.body), secrets),
            "reads": [[round(at - reply.sent_at, 6), size] for at, size in reply.reads],
        },
        **({"failure": {"kind": reply.failure.kind, "detail": reply.failure.detail}} if reply.failure else {}),
    }


def _masked(headers: dict[str, str], secrets: tuple[str, ...]) -> dict[str, list[str]]:
    return {name: [mask_secrets(value, secrets)] for name, value in headers.items() if name.lower() not in HIDDEN}


HIDDEN = ("authorization", "api-key", "x-api-key", "cookie", "set-cookie", "proxy-authorization")


def _body(body: bytes, secrets: tuple[str, ...]) -> dict[str, str]:
    try:
        return {"body": mask_secrets(body.decode(), secrets), "body_kind": "text"}
    except UnicodeDecodeError:
        return {"body": base64.b64encode(body).decode(), "body_kind": "base64"}
