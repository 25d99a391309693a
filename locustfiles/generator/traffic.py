"""What is sent: made up, out of a file, or as it was recorded."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from random import Random
from typing import Any, Protocol

import orjson

from cozecheck import recordings, texts
from cozecheck.errors import UsageError
from cozecheck.exchange import ABSENT, parse_json
from generator.bodies import BODIES
from generator.canaries import Canaries
from generator.operations import ALL, Operation
from generator.order import BUILT_IN, FILE, Order
from generator.prompts import Prompter


@dataclass(frozen=True, slots=True)
class Ask:
    """A request to be sent; *canary* is empty where it carries none."""

    operation: Operation
    body: bytes = b""
    canary: str = ""
    at: float | None = None
    """When it is due, in seconds from the first of a recording."""


class Traffic(Protocol):
    """An endless supply of requests."""

    def next(self, mix: Mapping[str, int]) -> Ask:
        """Return a request of the *mix*: operations and their weights."""
        ...


class BuiltIn:
    """Made up by a seed."""

    def __init__(
        self, random: Random, prompter: Prompter, canaries: Canaries | None, model: str, embedding_model: str
    ) -> None:
        self._random = random
        self._prompter = prompter
        self._canaries = canaries
        self._model = model
        self._embedding_model = embedding_model

    def next(self, mix: Mapping[str, int]) -> Ask:
        """Make one up."""
        operation = ALL[self._random.choices(tuple(mix), tuple(mix.values()))[0] if len(mix) > 1 else next(iter(mix))]
        if operation.name == "models":
            return Ask(operation)
        if operation.name == "embeddings":
            return Ask(operation, orjson.dumps({"model": self._embedding_model, "input": self._prompter.text()}))
        canary = self._canaries.issue() if self._canaries else ""
        body = BODIES[operation.name](self._model, self._prompter.prompt(canary), canary)
        return Ask(operation, orjson.dumps(body), "" if operation.is_refused else canary)


class Given:
    """Requests that somebody wrote down, one after the other, and again from the start; the mix is theirs."""

    def __init__(self, asks: Sequence[Ask], start: int = 0) -> None:
        self.asks = asks
        self._next = start

    def next(self, mix: Mapping[str, int]) -> Ask:  # noqa: ARG002
        """Return the next one."""
        ask = self.asks[self._next % len(self.asks)]
        self._next += 1
        return ask


def from_file(path: Path, model: str, embedding_model: str) -> list[Ask]:
    """Read bodies of requests, one JSON object a line: bare, or as in a batch, with `url`, `body`, perhaps `at`."""
    asks = []
    for number, line in enumerate(_lines(path), 1):
        where = f"{path}:{number}"
        parsed = parse_json(line)
        if parsed.value is ABSENT:
            raise UsageError(f"{where}: not JSON ({parsed.fault}); the body of a request is expected")
        value = parsed.value
        if not isinstance(value, dict) or not isinstance(value.get("body", value), dict):
            raise UsageError(f"{where}: a JSON object is expected: the body of a request")
        body = value.get("body", value)
        operation = operation_of(str(value.get("url", "")), body)
        if operation is None:
            raise UsageError(f"{where}: neither a chat completion, a response nor an embedding is asked for")
        at = _arrival(value.get("at"), where) if "body" in value else None
        asks.append(Ask(operation, _body(operation, body, model, embedding_model), at=at))
    return _some(asks, path)


def recorded(path: Path, model: str, embedding_model: str) -> list[Ask]:
    """Read the requests of recordings: a file, or a folder of them. What cannot be sent again is left out."""
    asks = []
    for recording in _recordings(path):
        request = recording.exchange.request
        operation = operation_of(request.path, request.json) if request.is_whole else None
        if operation is not None and request.method == operation.method:
            body = _body(operation, request.json, model, embedding_model) if request.method == "POST" else b""
            asks.append(Ask(operation, body, at=recording.at))
    return _some(asks, path)


def load(order: Order) -> list[Ask]:
    """Return what the order's file or recording holds; nothing where its traffic is made up."""
    said = order.traffic
    kind = said.get("kind", BUILT_IN)
    if kind == BUILT_IN:
        return []
    return (from_file if kind == FILE else recorded)(Path(said["path"]), order.model, order.embedding_model)


def last_arrival(order: Order) -> float:
    """Return when the last request of a trace is due; UsageError where there is no trace to follow."""
    return arrivals(load(order), speed(order))[-1][0]


def speed(order: Order) -> float:
    """Return how much faster than recorded a trace is followed."""
    return float(order.shape.options.get("speed", 1.0)) if order.shape else 1.0


def arrivals(asks: Sequence[Ask], speed: float) -> list[tuple[float, int]]:
    """Return when each is due, from the first on, in order, and which it is; UsageError where nobody wrote it down."""
    if not asks or any(ask.at is None for ask in asks):
        raise UsageError("traffic: a trace needs to know when each request was sent; some of these do not say")
    first = min(ask.at or 0.0 for ask in asks)
    return sorted((((ask.at or 0.0) - first) / speed, number) for number, ask in enumerate(asks))


def operation_of(path: str, body: Mapping[str, Any]) -> Operation | None:
    """Say what is asked, by the path or, without one, by the body; None where it is nothing that we send."""
    path = path.rstrip("/")
    stream = "_stream" if body.get("stream") else ""
    if path.endswith("/embeddings") or (not path and "embed" in str(body.get("model")) and "input" in body):
        return ALL["embeddings"]
    if path.endswith("/models"):
        return ALL["models"]
    if path.endswith("/chat/completions") or (not path and "messages" in body):
        return ALL[f"chat{stream}"]
    if path.endswith("/responses") or (not path and "input" in body):
        return ALL[f"responses{stream}"]
    return None


def _body(operation: Operation, body: Mapping[str, Any], model: str, embedding_model: str) -> bytes:
    chosen = embedding_model if operation.name == "embeddings" else model
    # Not orjson: numbers of any length, and half of a surrogate pair, go out as they were written.
    return json.dumps({**body, "model": chosen} if chosen else body).encode()


def _arrival(at: Any, where: str) -> float | None:
    with suppress(TypeError, OverflowError):
        if at is None or isfinite(at):
            return None if at is None else float(at)
    raise UsageError(f"{where}: at: a number of seconds is expected")


def _lines(path: Path) -> Iterator[str]:
    return (line for line in texts.read(path).split("\n") if line.strip())


def _recordings(path: Path) -> Iterator[recordings.Recording]:
    paths = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    for each in paths:
        yield from recordings.read(each)


def _some(asks: list[Ask], path: Path) -> list[Ask]:
    if not asks:
        raise UsageError(f"{path}: holds no request that can be sent")
    return asks
