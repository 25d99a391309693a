"""What a scenario is made of: sends, in an order that replies may decide."""

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cozecheck.exchange import Exchange, Request

Key = Literal["right", "wrong", "malformed", "none"]
"""Which API key a send carries."""


@dataclass(frozen=True, slots=True)
class Send:
    """One request to be sent; *wrong* says how it departs from the contract, and is empty for a valid one."""

    name: str
    method: str = "POST"
    path: str = "/chat/completions"
    json: Mapping[str, Any] | None = None
    content: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()
    key: Key = "right"
    wrong: str = ""
    leave_after: int | None = None
    """Close the connection after this many events."""
    after: float = 0.0
    """Seconds to wait before sending."""
    at_root: bool = False
    """The path counts from the root of the server, not from the base URL."""

    @property
    def body(self) -> bytes:
        """The bytes of the request body."""
        if self.content is not None:
            return self.content
        return b"" if self.json is None else json.dumps(self.json, ensure_ascii=False).encode()

    @property
    def is_form(self) -> bool:
        """Whether it sends files."""
        return any(name == "content-type" and value.startswith("multipart/") for name, value in self.headers)

    @property
    def tokens(self) -> int:
        """A generous guess at the tokens it costs: the prompt at four bytes a token, and all it may generate.

        The files of a form are not prompts: a second of sound is some ten tokens, and an upload none.
        """
        asked = self.json or {}
        cap = asked.get("max_completion_tokens", asked.get("max_tokens", asked.get("max_output_tokens", 0)))
        answers = asked.get("n", 1)
        numbers = isinstance(cap, int) and isinstance(answers, int)
        prompt = 0 if self.is_form else len(self.body.strip()) // 4
        return prompt + (max(cap, 0) * max(answers, 1) if numbers else 0)


Steps = Generator[Send, Exchange, None]
"""Yields what to send, receives what came back."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What the requests are about, and the parameter with which this model's answers are capped."""

    model: str
    seed: int = 0
    cap: str = "max_tokens"
    embedding_model: str = "text-embedding-3-small"
    image_model: str = "gpt-image-1-mini"
    speech_model: str = "gpt-4o-mini-tts"
    transcription_model: str = "whisper-1"

    def ask(self, text: str, tokens: int = 64, **parameters: Any) -> dict[str, Any]:
        """Make the body of a plain question, capped at *tokens*."""
        return {"model": self.model, "messages": [user(text)], self.cap: tokens, **parameters}


def refuses(reply: Exchange) -> bool:
    """Whether what came is a refusal, so that more of the same need not be sent; of a plan nothing has come."""
    return reply.response is not None and reply.response.status >= 400


def told(reply: Exchange, key: str, otherwise: str) -> str:
    """Return a string of the object that came, or *otherwise* where there is none that fits into an address."""
    body = reply.response.json if reply.response else None
    value = body.get(key) if isinstance(body, dict) else None
    return value if isinstance(value, str) and value and value.isprintable() else otherwise


def user(text: str) -> dict[str, Any]:
    """Make a user message."""
    return {"role": "user", "content": text}


@dataclass(frozen=True, slots=True)
class Scenario:
    """Requests that draw a behaviour out; *draws* are the families and globs of checks it is there for."""

    id: str
    summary: str
    draws: tuple[str, ...]
    steps: Callable[[Subject], Steps]
    alone: bool = False
    """It measures, and would measure its neighbours too."""

    def plan(self, subject: Subject) -> tuple[Send, ...]:
        """Return what would be sent if nothing came back: the requests and tokens of a budget."""
        steps, sends = self.steps(subject), []
        try:
            send = next(steps)
            while True:
                sends.append(send)
                send = steps.send(Exchange(Request(send.method, send.path), name=send.name))
        except StopIteration:
            return tuple(sends)


_SCENARIOS: dict[str, Scenario] = {}


def scenario(
    id: str, *draws: str, alone: bool = False
) -> Callable[[Callable[[Subject], Steps]], Callable[[Subject], Steps]]:
    """Declare a scenario; the first line of the docstring says what it does."""

    def declare(steps: Callable[[Subject], Steps]) -> Callable[[Subject], Steps]:
        if id in _SCENARIOS:
            raise ValueError(f"scenario {id} is declared twice")
        summary = (steps.__doc__ or "").strip().partition("\n")[0]
        _SCENARIOS[id] = Scenario(id, summary, draws, steps, alone)
        return steps

    return declare


def declared() -> tuple[Scenario, ...]:
    """Return every declared scenario."""
    return tuple(_SCENARIOS.values())
