"""Carries a request to the app and the answer back, through hooks."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference_server.flaws.events import Event, read_event, write_event
from reference_server.flaws.messages import Reply, Request, read_request, send_reply


def _same_request(request: Request) -> Request:
    return request


def _same_reply(_: Request, reply: Reply) -> Reply:
    return reply


def _same_event(_: Request, event: Event, __: Sequence[Event]) -> Iterable[Event]:
    return (event,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """What a flaw does on the way in and out.

    `before` may answer in the app's place. `after` sees each reply whole, of a stream the head; a body that it gives
    takes the stream's place. `stream` says what is sent in an event's place; it also gets the events before it, as
    the app made them.
    """

    before: Callable[[Request], Request | Reply] = _same_request
    after: Callable[[Request, Reply], Reply] = _same_reply
    stream: Callable[[Request, Event, Sequence[Event]], Iterable[Event]] = _same_event


class Relay:
    """An app with hooks around it; counts its chat requests."""

    def __init__(self, app: ASGIApp, hooks: Hooks) -> None:
        """Start to count at nought."""
        self._app = app
        self._hooks = hooks
        self._chats = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = await read_request(scope, receive, number=self._chats)
        self._chats += request.is_chat
        changed = self._hooks.before(request)
        if isinstance(changed, Reply):
            await send_reply(changed, send)
            return
        outlet = _Outlet(request, self._hooks, send)
        await self._app(changed.plain_scope, replay(changed.body, receive), outlet.take)
        await outlet.close()


def replay(body: bytes, receive: Receive) -> Receive:
    """A receive that gives the body first, then what the real one gives."""
    unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_again() -> Message:
        return unread.pop() if unread else await receive()

    return receive_again


class _Outlet:
    """Takes what the app sends: streams go on event by event, all else once it is whole."""

    def __init__(self, request: Request, hooks: Hooks, send: Send) -> None:
        self._request = request
        self._hooks = hooks
        self._send = send
        self._reply: Reply | None = None
        self._replaced = False
        self._rest = b""
        self._before: list[Event] = []

    async def take(self, message: Message) -> None:
        """Stand in for the send that the app calls."""
        if message["type"] == "http.response.start":
            self._reply = Reply(message["status"], tuple(message["headers"]))
            if self._reply.streams:
                await self._send_head(self._hooks.after(self._request, self._reply))
        elif message["type"] == "http.response.body" and not self._replaced:
            self._rest += message.get("body", b"")
            if self._reply and self._reply.streams:
                await self._send_events()

    async def _send_head(self, head: Reply) -> None:
        if head.body:
            self._replaced = True
            await send_reply(head, self._send)
        else:
            await self._send({"type": "http.response.start", "status": head.status, "headers": list(head.headers)})

    async def _send_events(self) -> None:
        *blocks, self._rest = self._rest.split(b"\n\n")
        for block in blocks:
            for event in self._hooks.stream(self._request, read_event(block), self._before):
                await self._send({"type": "http.response.body", "body": write_event(event), "more_body": True})
                await asyncio.sleep(0)  # lets the app notice that the client has left, however much there is to send
            self._before.append(read_event(block))

    async def close(self) -> None:
        """Send what is left, once the app is through."""
        if self._reply is None or self._replaced:
            return
        if self._reply.streams:
            await self._send({"type": "http.response.body", "body": self._rest})
            return
        whole = Reply(self._reply.status, self._reply.headers, self._rest)
        await send_reply(self._hooks.after(self._request, whole), self._send)
