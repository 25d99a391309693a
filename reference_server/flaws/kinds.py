"""The ways to be wrong: decorators that make a function a flaw."""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server.flaws.events import Event, is_chunk
from reference_server.flaws.messages import Json, Reply, Request
from reference_server.flaws.relay import Hooks, Relay

Change = Callable[[Json], None]


def is_chat(request: Request) -> bool:
    """Whether a request asks for a chat completion."""
    return request.is_chat


@dataclass(frozen=True, slots=True)
class Flaw:
    """A named way to be wrong, and the checks that must notice."""

    name: str
    summary: str
    fails: tuple[str, ...]
    wrap: Callable[[ASGIApp], ASGIApp]


def before(*fails: str) -> Callable[[Callable[[Request], Request | Reply]], Flaw]:
    """What the app gets in a request's place, or a reply instead of the app's."""
    return lambda function: hooked(function, fails, Hooks(before=function))


def asked(*fails: str) -> Callable[[Change], Flaw]:
    """Changes the JSON of a chat request in place, before the app sees it."""
    return lambda change: hooked(change, fails, Hooks(before=_rewrite_request(change)))


def after(*fails: str) -> Callable[[Callable[[Request, Reply], Reply]], Flaw]:
    """What the client gets in a reply's place; of a stream only the head is seen."""
    return lambda function: hooked(function, fails, Hooks(after=function))


def error(*fails: str) -> Callable[[Change], Flaw]:
    """Changes the error object of any refusal in place."""
    return lambda change: hooked(change, fails, Hooks(after=_rewrite_error(change)))


def answer(*fails: str) -> Callable[[Change], Flaw]:
    """Changes the JSON of a chat answer in place; streams are left alone."""
    return lambda change: hooked(change, fails, Hooks(after=_rewrite_answer(change)))


def body(path: str, *fails: str) -> Callable[[Change], Flaw]:
    """Changes in place the JSON of an answer to POST at this path, in which nothing is refused."""

    def rewrite(change: Change, request: Request, reply: Reply) -> Reply:
        asked = request.method == "POST" and request.path == f"/v1{path}" and not reply.streams
        value = reply.json if asked and reply.status == 200 else {}
        if value:
            change(value)
        return reply.with_json(value) if value else reply

    return lambda change: hooked(change, fails, Hooks(after=partial(rewrite, change)))


def chunk(*fails: str) -> Callable[[Change], Flaw]:
    """Changes each chunk of a stream in place, the one with the usage included."""
    return lambda change: hooked(change, fails, Hooks(stream=_rewrite_chunks(change)))


def answer_and_chunk(*fails: str) -> Callable[[Change], Flaw]:
    """Changes chat answers and chunks alike."""
    return lambda change: hooked(change, fails, Hooks(after=_rewrite_answer(change), stream=_rewrite_chunks(change)))


def stream(
    *fails: str, when: Callable[[Request], bool] = is_chat
) -> Callable[[Callable[[Event, Sequence[Event]], Iterable[Event]]], Flaw]:
    """What is sent in an event's place, given the events before it, where `when` holds: by default of every chat."""

    def declare(function: Callable[[Event, Sequence[Event]], Iterable[Event]]) -> Flaw:
        def rewrite(request: Request, event: Event, before: Sequence[Event]) -> Iterable[Event]:
            return function(event, before) if when(request) else (event,)

        return hooked(function, fails, Hooks(stream=rewrite))

    return declare


def wire(*fails: str) -> Callable[[Callable[[ASGIApp, Scope, Receive, Send], Awaitable[None]]], Flaw]:
    """Stands in for the app on every HTTP request, down to the socket."""

    def declare(function: Callable[[ASGIApp, Scope, Receive, Send], Awaitable[None]]) -> Flaw:
        def wrap(app: ASGIApp) -> ASGIApp:
            async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
                await (function(app, scope, receive, send) if scope["type"] == "http" else app(scope, receive, send))

            return wrapped

        return _named(function, fails, wrap)

    return declare


def hooked(function: Callable[..., Any], fails: tuple[str, ...], hooks: Hooks) -> Flaw:
    """Make a flaw of hooks, named and told by `function`."""
    return _named(function, fails, partial(Relay, hooks=hooks))


def _named(function: Callable[..., Any], fails: tuple[str, ...], wrap: Callable[[ASGIApp], ASGIApp]) -> Flaw:
    summary = (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")
    return Flaw(name=function.__name__.replace("_", "-"), summary=summary, fails=fails, wrap=wrap)


def _rewrite_request(change: Change) -> Callable[[Request], Request]:
    def rewrite(request: Request) -> Request:
        value = request.json
        if not request.is_chat or not value:
            return request
        change(value)
        return request if value == request.json else request.with_json(value)

    return rewrite


def _rewrite_error(change: Change) -> Callable[[Request, Reply], Reply]:
    def rewrite(_: Request, reply: Reply) -> Reply:
        error = reply.error
        if not error:
            return reply
        change(error)
        return reply.with_json({"error": error})

    return rewrite


def _rewrite_answer(change: Change) -> Callable[[Request, Reply], Reply]:
    def rewrite(request: Request, reply: Reply) -> Reply:
        if not reply.answers(request):
            return reply
        value = reply.json
        change(value)
        return reply.with_json(value)

    return rewrite


def _rewrite_chunks(change: Change) -> Callable[[Request, Event, Sequence[Event]], Iterable[Event]]:
    def rewrite(request: Request, event: Event, __: Sequence[Event]) -> Iterable[Event]:
        if request.is_chat and is_chunk(event):
            change(event)
        yield event

    return rewrite
