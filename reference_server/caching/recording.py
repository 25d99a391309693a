"""A response as it was sent: headers, and every chunk by itself."""

import json
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Self

from starlette.types import Receive, Scope, Send

Header = tuple[bytes, bytes]
DONE = b"data: [DONE]\n\n"
FAILURES = (b'data: {"error"', b"event: error")


@dataclass(frozen=True, slots=True)
class Recording:
    """A response of status 200, from its first byte to its last."""

    headers: tuple[Header, ...]
    chunks: tuple[bytes, ...]

    @property
    def whole(self) -> bool:
        """Tell whether a stream came to its end without a failure on the way; a body always did."""
        if not dict(self.headers).get(b"content-type", b"").startswith(b"text/event-stream"):
            return True
        return b"".join(self.chunks[-2:]).endswith(DONE) and not any(each.startswith(FAILURES) for each in self.chunks)

    def to_bytes(self) -> bytes:
        """Return headers and the chunks' lengths as a line of JSON, and the chunks after it."""
        headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in self.headers]
        head = json.dumps({"headers": headers, "lengths": [len(chunk) for chunk in self.chunks]})
        return b"\n".join((head.encode(), b"".join(self.chunks)))

    @classmethod
    def from_bytes(cls, kept: bytes) -> Self:
        """Read what `to_bytes` wrote."""
        line, _, body = kept.partition(b"\n")
        head = json.loads(line)
        headers = tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in head["headers"])
        ends = list(accumulate(head["lengths"], initial=0))
        return cls(headers, tuple(body[start:end] for start, end in pairwise(ends)))

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Speak ASGI: send it all again, chunk by chunk."""
        await send({"type": "http.response.start", "status": 200, "headers": list(self.headers)})
        for chunk in self.chunks[:-1]:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": self.chunks[-1]})
