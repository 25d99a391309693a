"""A life of some objects as steps, told before anything is sent."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from cozecheck.exchange import Exchange
from cozecheck.properties.resources import RESOURCES, WORDS, Resource
from cozecheck.scenarios import Send, Subject
from cozecheck.scenarios.sending import Steps, refuses
from cozecheck.views.lives import CONTROL

NOBODY = "0" * 32
"""Stands for the id of what was not made."""
METADATA: dict[str, Any] = {"metadata": {"changed": "yes"}}
STRANGE = "strange-"
"""What the verbs begin with that come with a key that nobody has."""
MAKE, LOOK, TIDY = "make", "look", "tidy"


@dataclass(frozen=True, slots=True)
class Step:
    """Do something with the object of a number, counted as they are made; *after* is one, too, of a list."""

    verb: str
    of: int | None = None
    limit: int = 0
    order: str = ""
    after: int | None = None

    @property
    def query(self) -> dict[str, str]:
        """How a list is asked for."""
        limit = {"limit": str(self.limit)} if self.limit else {}
        return limit | ({"order": self.order} if self.order else {})


@dataclass(frozen=True, slots=True)
class Program:
    """Steps with the objects of one *resource*: a key of `RESOURCES`."""

    resource: str
    steps: tuple[Step, ...]

    def sends(self, subject: Subject) -> Steps:
        """Yield what is sent, each named for its place; what is there in the end is deleted."""
        return _Play(RESOURCES[self.resource], subject).sends(self.steps)

    @property
    def smaller(self) -> Iterator["Program"]:
        """Yield the programs that lack one step, the later ones first, then those in which one asks for less."""
        for place in reversed(range(len(self.steps))):
            yield replace(self, steps=tuple(_without(self.steps, place)))
        for place, step in enumerate(self.steps):
            for less in (replace(step, after=None), replace(step, order=""), replace(step, limit=0)):
                if less != step:
                    yield replace(self, steps=(*self.steps[:place], less, *self.steps[place + 1 :]))


def _without(steps: tuple[Step, ...], place: int) -> Iterator[Step]:
    """Yield the steps but for one; where that makes an object, also without those that speak of it."""
    gone = sum(step.verb == MAKE for step in steps[:place]) if steps[place].verb == MAKE else None
    for number, step in enumerate(steps):
        if number == place:
            continue
        if gone is None or step.verb == MAKE:
            yield step
        elif gone not in (step.of, step.after):
            yield replace(step, of=_moved(step.of, gone), after=_moved(step.after, gone))


def _moved(number: int | None, gone: int) -> int | None:
    return number - 1 if number is not None and number > gone else number


class _Play:
    """A program while it is played: which id each object has got."""

    def __init__(self, resource: Resource, subject: Subject) -> None:
        self._resource = resource
        self._subject = subject
        self._parent = NOBODY
        self._ids: list[str] = []
        self._dropped: set[int | None] = set()
        self._is_controlled = False

    def sends(self, steps: tuple[Step, ...]) -> Steps:
        """Yield everything, from what is needed first to the tidying up."""
        first = self._resource.first
        if first:
            reply = yield replace(first[1](self._subject, "", 0), name="0 first")
            self._parent = made(reply)
            if refuses(reply):
                return
        for place, step in enumerate(steps, 1):
            if step.verb.startswith(STRANGE) and not self._is_controlled:
                self._is_controlled = True
                yield Send(f"{place} {CONTROL}", "GET", "/models", key="wrong")
            reply = yield replace(self._send(step), name=f"{place} {step.verb}")
            if step.verb == MAKE and refuses(reply):
                break
            if step.verb == MAKE:
                self._ids.append(made(reply))
            elif step.verb == "drop":
                self._dropped.add(step.of)
        yield from self._tidied()

    def _tidied(self) -> Iterator[Send]:
        if "drop" in self._resource.verbs:
            for place, id in ((place, id) for place, id in enumerate(self._ids) if place not in self._dropped):
                yield Send(f"{TIDY} {place}", "DELETE", f"{self._collection}/{id}")
        if self._resource.first:
            yield Send(f"{TIDY} first", "DELETE", f"{self._resource.first[0]}/{self._parent}")

    @property
    def _collection(self) -> str:
        return self._resource.path.format(self._parent)

    def _send(self, step: Step) -> Send:
        verb = step.verb.removeprefix(STRANGE)
        one = f"{self._collection}/{self._id(step.of)}"
        match verb:
            case "make":
                return self._resource.make(self._subject, self._parent, len(self._ids) % len(WORDS))
            case "change":
                send = Send(verb, path=one, json=METADATA)
            case "drop":
                send = Send(verb, "DELETE", one)
            case "cancel":
                send = Send(verb, path=f"{one}/cancel")
            case "list":
                send = Send(verb, "GET", self._collection + self._query(step))
            case "inside":
                send = Send(verb, "GET", one + self._resource.inner + self._query(step))
            case "content":
                send = Send(verb, "GET", f"{one}/content")
            case _:
                send = Send(verb, "GET", one)
        return replace(send, key="wrong") if step.verb != verb else send

    def _query(self, step: Step) -> str:
        asked = step.query
        if step.after is not None:
            asked = {**asked, "after": self._id(step.after)}
        return f"?{urlencode(asked)}" if asked else ""

    def _id(self, number: int | None) -> str:
        return self._ids[number] if number is not None and number < len(self._ids) else NOBODY


def made(reply: Exchange) -> str:
    """Return the id of what was made; of a list, of its first object."""
    body = reply.response.json if reply.response else None
    data = body.get("data") if isinstance(body, dict) else None
    first = data[0] if isinstance(data, list) and data else body
    id = first.get("id") if isinstance(first, dict) else None
    return id if isinstance(id, str) and re.fullmatch(r"[\w.:-]+", id) else NOBODY
