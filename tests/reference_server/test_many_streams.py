"""A thousand streams at a time from one worker: none lost, none mixed up."""

import asyncio
import json
import resource
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.reference_server.test_cli import started

STREAMS = 1000
ENDED = b"0\r\n\r\n"
PACED = f"""\
max_concurrent_requests: {STREAMS}
request_timeout: 120s
log_level: error
engines:
- name: base
  token_delay: 200ms
"""


@dataclass(slots=True)
class Running:
    """How many streams run, and how many did at most."""

    now: int = 0
    most: int = 0

    def begin(self) -> None:
        self.now += 1
        self.most = max(self.most, self.now)


def wanted(number: int) -> str:
    """What only this stream asks for: some thirty tokens."""
    return f"Stream {number}: " + " ".join(str(number + place) for place in range(12))


def said(response: bytes) -> Iterator[tuple[str, str]]:
    """The id and the text of each chunk, up to a [DONE] that has to be the last."""
    head, _, body = response.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), response[:200]
    *events, done = [line[6:] for line in unchunked(body).decode().split("\n") if line.startswith("data: ")]
    assert done == "[DONE]"
    for chunk in map(json.loads, events):
        yield chunk["id"], chunk["choices"][0]["delta"].get("content", "")


def unchunked(body: bytes) -> bytes:
    """A body without HTTP's chunks."""
    whole = b""
    while True:
        size, _, rest = body.partition(b"\r\n")
        if not int(size, 16):
            return whole
        whole, body = whole + rest[: int(size, 16)], rest[int(size, 16) + 2 :]


async def ask(host: str, port: int, number: int, running: Running) -> str:
    """Ask for one stream; return its id when all of it has come, and nothing else has."""
    body = json.dumps(
        {"model": "gpt-4o", "stream": True, "messages": [{"role": "user", "content": f"Repeat: {wanted(number)}"}]}
    )
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n"
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"{head}content-length: {len(body)}\r\n\r\n{body}".encode())
    response = await reader.readuntil(b"\n\n")
    running.begin()
    while not response.endswith(ENDED):
        piece = await reader.read(65536)
        assert piece, f"stream {number} was cut off"
        response += piece
    running.now -= 1
    writer.close()
    ids, texts = zip(*said(response), strict=True)
    assert "".join(texts) == wanted(number)
    assert len(set(ids)) == 1
    return str(ids[0])


async def ask_all(host: str, port: int) -> tuple[Running, list[str]]:
    running = Running()
    return running, await asyncio.gather(*(ask(host, port, number, running) for number in range(STREAMS)))


def test_a_thousand_streams_run_at_a_time(tmp_path: Path) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    config = tmp_path / "config.yaml"
    config.write_text(PACED)
    with started("--config", str(config), "--workers", "1") as (_, base):
        url = urlsplit(base)
        running, ids = asyncio.run(ask_all(str(url.hostname), int(url.port or 0)))
    assert len(set(ids)) == STREAMS
    assert running.most == STREAMS
