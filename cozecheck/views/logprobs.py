"""Exchanges read as logprobs: what was asked for, and the tokens that came."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cozecheck.contract.shapes import Departure
from cozecheck.exchange import ABSENT, Exchange, read_once
from cozecheck.views.chat import chat_body
from cozecheck.views.chat_stream import chat_stream, ended
from cozecheck.views.turns import Turn, deltas, listed, turns

PLACE = ("choices", None, "logprobs")


@dataclass(frozen=True, slots=True)
class Spoken:
    """One choice's tokens, and the text they stand for; *silent* is where text came without them."""

    turn: Turn
    tokens: tuple[dict[str, Any], ...]
    sent: Any
    silent: str = ""


@dataclass(frozen=True, slots=True)
class Logprobs:
    """The tokens of an answer, by choice, and where their shapes do not fit."""

    asked: Mapping[str, Any]
    choices: tuple[Spoken, ...]
    departures: tuple[tuple[str, Departure], ...]

    @property
    def wanted(self) -> bool:
        """Whether logprobs were asked for."""
        return self.asked.get("logprobs") is True

    @property
    def top(self) -> int:
        """How many alternatives were asked for."""
        top = self.asked.get("top_logprobs")
        return top if isinstance(top, int) and not isinstance(top, bool) else 0

    def tokens(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield every token, with where it stands."""
        for choice in self.choices:
            for number, token in enumerate(choice.tokens):
                yield f"{choice.turn.at}, token {number}", token


@read_once
def logprobs(exchange: Exchange) -> Logprobs | None:
    """Read an answer in words, with its logprobs."""
    answer = turns(exchange)
    if answer is None:
        return None
    choices = tuple(_streamed(exchange, answer.turns) if answer.streamed else _whole(exchange, answer.turns))
    is_sent = any(choice.sent not in (ABSENT, None) for choice in choices)
    return Logprobs(answer.asked, choices, tuple(_departures(exchange)) if is_sent else ())


def _whole(exchange: Exchange, spoken: tuple[Turn, ...]) -> Iterator[Spoken]:
    body = chat_body(exchange)
    for turn, choice in zip(spoken, body.choices if body else (), strict=True):
        sent = choice.get("logprobs", ABSENT)
        tokens = tuple(_content(sent))
        yield Spoken(turn, tokens, sent, turn.at if turn.text and not tokens else "")


def _streamed(exchange: Exchange, spoken: tuple[Turn, ...]) -> Iterator[Spoken]:
    stream = chat_stream(exchange)
    for turn in spoken:
        tokens: list[dict[str, Any]] = []
        sent: Any = ABSENT
        silent = ""
        for at, index, delta, beside in deltas(stream) if stream else ():
            if f"choice {index}" != turn.at:
                continue
            found = list(_content(beside.get("logprobs")))
            sent = beside["logprobs"] if sent in (ABSENT, None) and "logprobs" in beside else sent
            tokens += found
            if delta.get("content") and not found and not silent:
                silent = f"{turn.at}, event {at}"
        yield Spoken(turn, tuple(tokens), sent, silent)


def _content(sent: Any) -> list[dict[str, Any]]:
    return listed(sent.get("content")) if isinstance(sent, dict) else []


def _departures(exchange: Exchange) -> Iterator[tuple[str, Departure]]:
    body, stream = chat_body(exchange), chat_stream(exchange)
    found = [("", each) for each in body.departures] if body else []
    found += [(f"event {at}, ", each) for at, each in stream.departures] if stream and ended(stream) else []
    for at, each in found:
        if each.path[:1] == PLACE[:1] and each.path[2:3] == PLACE[2:]:
            yield at, each
