"""The least that a server can do: answers constants, on the same granian as coze-server."""

import sys
from pathlib import Path

from starlette.types import Message, Receive, Scope, Send

from reference_server.serving import serve
from reference_server.settings import Settings
from tests.bench.asked import HOST

JSON = (b"content-type", b"application/json")
EVENTS = (b"content-type", b"text/event-stream; charset=utf-8")
END = b"\n\n"


class Constant:
    """Reads a request, and answers without a look at it but for whether it wants a stream."""

    def __init__(self, whole: bytes, stream: bytes) -> None:
        self._whole = whole
        self._events = [event + END for event in stream.split(END) if event]

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        if b'"stream"' in await body(receive):
            await send({"type": "http.response.start", "status": 200, "headers": [EVENTS]})
            for event in self._events:
                await send({"type": "http.response.body", "body": event, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        else:
            headers = [JSON, (b"content-length", b"%d" % len(self._whole))]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": self._whole})

    def start(self) -> None:
        """Do nothing."""

    def drain(self) -> None:
        """There is nobody to tell."""

    async def close(self) -> None:
        """There is nothing open."""


async def body(receive: Receive) -> bytes:
    message: Message = await receive()
    read: bytes = message["body"]
    while message.get("more_body"):
        message = await receive()
        read += message["body"]
    return read


def main() -> None:
    """Serve on a port the answers that lie in two files."""
    port, whole, stream = sys.argv[1:]
    app = Constant(Path(whole).read_bytes(), Path(stream).read_bytes())
    told = {"announce": lambda _port: None, "reload": lambda _app: None}
    serve(lambda: app, Settings(), host=HOST, port=int(port), workers=1, **told)


if __name__ == "__main__":
    main()
