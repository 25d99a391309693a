"""A server that answers chat completions at an exact pace, and knows what it did."""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any, cast

import uvloop

from tests.bench.asked import HOST

FIRST, WORDS = 0.05, 32
FREEZE, EVERY = 0.5, 3.0
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
END = b"\r\n\r\n"


def event(value: Any) -> bytes:
    data = b"data: " + (value if isinstance(value, bytes) else json.dumps(value).encode()) + b"\n\n"
    return b"%x\r\n%b\r\n" % (len(data), data)


SAID = {"index": 0, "delta": {"content": " word"}, "logprobs": None, "finish_reason": None}
WORD = event({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [SAID]})
LAST = (
    event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    + event({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": WORDS}})
    + event(b"[DONE]")
    + b"0\r\n\r\n"
)
MESSAGE = {"role": "assistant", "content": "word"}
WHOLE = json.dumps({"choices": [{"index": 0, "message": MESSAGE, "finish_reason": "stop"}]}).encode()


class Record:
    """What it did since it was last asked: seconds to the first word, and between words."""

    def __init__(self) -> None:
        self.firsts: list[float] = []
        self.gaps: list[float] = []
        self.done = 0

    def told(self) -> bytes:
        """Return it as JSON, and begin anew; `done` and the server's CPU go on."""
        firsts, gaps = self.firsts or [0.0], self.gaps or [0.0]
        value = {
            "data": ["m"],
            "done": self.done,
            "ttft": median(firsts),
            "itl": median(gaps),
            "cpu": time.process_time(),
        }
        self.firsts, self.gaps = [], []
        return json.dumps(value).encode()


class Metronome(asyncio.Protocol):
    """One connection."""

    def __init__(self, record: Record, gap: float, clock: Callable[[], float]) -> None:
        self._record = record
        self._gap = gap
        self._clock = clock
        self._read = b""
        self._came = self._said = 0.0
        self._left = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none, by its type
        self._loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        self._read += data
        at = self._read.find(END)
        if at < 0:
            return
        head = self._read[:at].lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
        if len(self._read) < at + 4 + length:
            return
        body, self._read = self._read[at + 4 :], b""
        self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"get"):
            self._whole(self._record.told())
        elif b'"stream":true' in body.replace(b" ", b""):
            self._came, self._left = self._clock(), WORDS
            self._transport.write(HEAD)
            self._loop.call_at(self._loop.time() + FIRST, self._say, self._loop.time() + FIRST)
        else:
            self._record.done += 1
            self._whole(WHOLE)

    def _whole(self, body: bytes) -> None:
        self._transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))

    def _say(self, due: float) -> None:
        if self._transport.is_closing():
            return
        now = self._clock()
        if self._left == WORDS:
            self._record.firsts.append(now - self._came)
        else:
            self._record.gaps.append(now - self._said)
        self._said = now
        self._left -= 1
        self._transport.write(WORD if self._left else WORD + LAST)
        if self._left:
            self._loop.call_at(due + self._gap, self._say, due + self._gap)
        else:
            self._record.done += 1


async def serve(port: int, gap: float, *, freezes: bool) -> None:
    """Serve until killed; one that freezes does nothing at all for half a second, every three."""
    record, loop = Record(), asyncio.get_running_loop()
    await loop.create_server(lambda: Metronome(record, gap, time.perf_counter), HOST, port, backlog=4096)
    while True:
        await asyncio.sleep(EVERY)
        if freezes:
            time.sleep(FREEZE)


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), float(sys.argv[2]), freezes="freezes" in sys.argv))
