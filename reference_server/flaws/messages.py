"""What a flaw sees: one request, one reply."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

Json = dict[str, Any]
RawHeaders = tuple[tuple[bytes, bytes], ...]


def write_json(value: object) -> bytes:
    """Compact JSON in UTF-8; a float that is not a number comes out as NaN."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def read_object(body: bytes) -> Json | None:
    """The JSON object in `body`, None if it holds anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def without(headers: Iterable[tuple[bytes, bytes]], *names: str) -> RawHeaders:
    """The headers but for those of these names, given in lower case."""
    return tuple((name, value) for name, value in headers if name.decode("latin-1").lower() not in names)


@dataclass(frozen=True, slots=True)
class Request:
    """A request read whole; `number` counts the chat requests before it."""

    scope: Scope
    body: bytes
    number: int = 0

    @property
    def headers(self) -> Headers:
        """What the client sent, found by name in any case."""
        return Headers(scope=self.scope)

    @property
    def json(self) -> Json:
        """The body's JSON object; empty where the body is something else."""
        return read_object(self.body) or {}

    @property
    def method(self) -> str:
        """In capitals."""
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        """Decoded, without the query."""
        return str(self.scope["path"])

    @property
    def is_chat(self) -> bool:
        """It asks for a chat completion."""
        return self.method == "POST" and self.path.endswith("/chat/completions")

    @property
    def lists_models(self) -> bool:
        """It asks for the list of models."""
        return self.method == "GET" and self.path.endswith("/models")

    @property
    def model_id(self) -> str:
        """What GET /models/{id} asks for; empty for any other request."""
        return self.path.partition("/models/")[2] if self.method == "GET" else ""

    def calls(self, method: str, end: str) -> bool:
        """It has this method, and a path that ends so; `{}` stands for an id."""
        pattern = re.escape(end).replace(re.escape("{}"), "[^/]+")
        return self.method == method and bool(re.search(pattern + "$", self.path))

    def without_query(self, *names: str) -> "Request":
        """The same request without these parameters of the query."""
        kept = [pair for pair in parse_qsl(self.scope["query_string"].decode()) if pair[0] not in names]
        return replace(self, scope={**self.scope, "query_string": urlencode(kept).encode()})

    def with_json(self, value: Json) -> "Request":
        """The same request with another body."""
        return replace(self, body=write_json(value))

    @property
    def plain_scope(self) -> Scope:
        """The scope for the app: the body's length put right, compression not accepted."""
        headers = without(self.scope["headers"], "accept-encoding", "content-length", "transfer-encoding")
        length = ((b"content-length", str(len(self.body)).encode()),) if self.body else ()
        return {**self.scope, "headers": [*headers, *length]}


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply; of a stream the head alone. Not `whole`: the connection breaks half-way."""

    status: int
    headers: RawHeaders
    body: bytes = b""
    whole: bool = True

    @property
    def streams(self) -> bool:
        """It is an event stream."""
        return self.header("content-type").startswith("text/event-stream")

    def answers(self, request: Request) -> bool:
        """It is the body of a chat answer, not a stream and not a refusal."""
        return request.is_chat and self.status == 200 and not self.streams

    @property
    def json(self) -> Json:
        """The body's JSON object; empty where the body is something else."""
        return read_object(self.body) or {}

    @property
    def error(self) -> Json:
        """The error in OpenAI's envelope; empty where there is none."""
        error = self.json.get("error")
        return error if self.status >= 400 and isinstance(error, dict) else {}

    def header(self, name: str) -> str:
        """The header's value, empty where it is not set."""
        return Headers(raw=list(self.headers)).get(name, "")

    def with_header(self, name: str, value: str) -> "Reply":
        """The same reply with this header set."""
        return replace(self, headers=(*without(self.headers, name), (name.encode(), value.encode())))

    def with_json(self, value: object, *, status: int | None = None) -> "Reply":
        """The same reply with another JSON body, and another status where one is given."""
        changed = replace(self, body=write_json(value), status=status or self.status)
        return changed.with_header("content-type", "application/json")


async def read_request(scope: Scope, receive: Receive, *, number: int = 0) -> Request:
    """The whole request; what came until then if the client leaves."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return Request(scope, body, number)


async def send_reply(reply: Reply, send: Send) -> None:
    """Send the reply; ConnectionAbortedError after half the body if it is not whole."""
    length = [] if reply.status in (204, 304) else [(b"content-length", str(len(reply.body)).encode())]
    headers = [*without(reply.headers, "content-length", "transfer-encoding"), *length]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    if not reply.whole:
        await send({"type": "http.response.body", "body": reply.body[: len(reply.body) // 2], "more_body": True})
        raise ConnectionAbortedError("a flaw breaks this connection off")
    await send({"type": "http.response.body", "body": reply.body})
