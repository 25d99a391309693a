"""A request of another protocol, put to chat completions."""

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from reference_server.errors import Refusal
from reference_server.formatting.relayed_events import LINE, Blocks, data_in
from reference_server.observed import Observed
from reference_server.translators.translator import Asked, Reply

Header = tuple[bytes, bytes]
BODY = frozenset({b"content-type", b"content-length"})
JSON: Header = (b"content-type", b"application/json")
EVENTS = b"text/event-stream"


class Conversing:
    """Runs one request through chat completions, with everything that is done for them, and translates the answer."""

    def __init__(self, chat: ASGIApp, asked: Asked, headers: Iterable[Header]) -> None:
        """`chat` is the endpoint of chat completions; `headers` are added to the answer."""
        self._chat = chat
        self._asked = asked
        self._headers = list(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        headers = [(name, value) for name, value in scope["headers"] if name not in BODY]
        # A query is about the other protocol: no engine knows it.
        inner = {**scope, "body": self._asked.body, "headers": [*headers, JSON], "query_string": b""}
        reply = self._asked.reply(scope["request_id"])
        answer = Answer(reply, self._headers, self._asked.dropped, scope["observed"], send)
        await self._chat(inner, receive, answer.take)


class Answer:
    """Translates a response as it is sent; nothing begins before its first piece is translated."""

    def __init__(
        self, reply: Reply, headers: list[Header], dropped: Iterable[str], observed: Observed, send: Send
    ) -> None:
        self._reply = reply
        self._headers = headers
        self._dropped = dropped
        self._observed = observed
        self._send = send
        self._start: Message | None = None
        self._blocks = Blocks()
        self._body = bytearray()
        self._streams = self._broken = False

    async def take(self, message: Message) -> None:
        """Take a message of the response."""
        if message["type"] == "http.response.start":
            self._start = message
            self._streams = dict(message["headers"]).get(b"content-type", b"").startswith(EVENTS)
        elif self._streams:
            await self._piece(message.get("body", b""), more=message.get("more_body", False))
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._whole()

    async def _whole(self) -> None:
        body = self._reply.whole(bytes(self._body))
        await self._begin([(b"content-length", b"%d" % len(body))])
        await self._send({"type": "http.response.body", "body": body})

    async def _piece(self, piece: bytes, *, more: bool) -> None:
        events = b"" if self._broken else self._translated(piece)
        if events or not more:
            await self._begin([])
            await self._send({"type": "http.response.body", "body": events, "more_body": more})

    def _translated(self, piece: bytes) -> bytes:
        """Return the events of a piece; one that can't be translated ends the stream, unless it is the first."""
        events = bytearray()
        try:
            for block in self._blocks.feed(piece):
                if data := data_in(LINE.split(block)):
                    events += self._reply.event(data)
        except Refusal as error:
            if self._start and not events:
                raise
            self._broken = True
            self._observed.error = error.code or error.kind
            events += self._reply.failure(error)
        return bytes(events)

    async def _begin(self, headers: list[Header]) -> None:
        """Send the head, once; what this protocol has and chat completions lack is told beside what an engine lacks."""
        start, self._start = self._start, None
        if start is None:
            return
        self._observed.dropped = [*self._dropped, *self._observed.dropped]
        kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        await self._send({**start, "headers": [*kept, *headers, *self._headers]})
