"""A model's process, and the connections to it."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx2

from reference_server.engines.events import Event, events
from reference_server.engines.llama.failures import failure_in
from reference_server.engines.llama.shelf import Book
from reference_server.engines.upstream import telling
from reference_server.engines.upstream_errors import UpstreamBroken
from reference_server.errors import Refusal
from reference_server.protocol.json_body import read_object
from reference_server.settings import LlamaEngine

PROGRAM = Path(__file__).with_name("model_process.py")
"""Run by itself, it loads no more than it needs."""
GRACE = 2.0
"""Seconds that a process may take to end by itself."""
LAST_WORDS = 2000
Json = dict[str, Any]


class NotLoadedError(Exception):
    """A model that can't be run, and why: for the operator."""


class Running:
    """A model that is loaded; `slots` requests at once, more wait here."""

    def __init__(self, process: Process, socket: str, slots: int) -> None:
        """`socket` is where it answers."""
        self._process = process
        self._free = asyncio.Semaphore(slots)
        self._client = httpx2.AsyncClient(
            # llama.cpp closes idle connections after 5 seconds; a new one on this machine costs next to nothing.
            transport=httpx2.AsyncHTTPTransport(uds=socket, limits=httpx2.Limits(max_keepalive_connections=0)),
            base_url="http://llama",
            timeout=None,
            trust_env=False,
        )
        self._bos: str | None = None

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._process.returncode is None

    async def close(self) -> None:
        """End it."""
        await self._client.aclose()
        await ended(self._process)

    async def beginning(self) -> str:
        """Return the mark at the beginning of a document."""
        if self._bos is None:
            with telling():
                found = (await self._client.get("/props")).json()
            self._bos = str(found.get("bos_token") or "\n")
        return self._bos

    async def call(self, path: str, body: Json) -> Json:
        """Return the answer to a call; a Refusal for whatever goes wrong."""
        async with self._free:
            with telling():
                response = await self._client.post(path, json=body)
        answer = answer_in(response.content)
        if failure := failure_in(answer):
            raise failure
        return answer

    @asynccontextmanager
    async def stream(self, path: str, body: Json) -> AsyncIterator[AsyncGenerator[Json]]:
        """Ask for chunks; what is left of them is not generated when the block ends."""
        async with self._free:
            with telling():
                response = await self._client.send(self._client.build_request("POST", path, json=body), stream=True)
            try:
                if not response.is_success:
                    raise failure_in(answer_in(await response.aread())) or UpstreamBroken(f"{response.status_code}")
                async with aclosing(chunks(response)) as found:
                    yield found
            finally:
                with suppress(httpx2.HTTPError):
                    await response.aclose()


async def chunks(response: httpx2.Response) -> AsyncGenerator[Json]:
    """Yield the chunks of a stream."""
    with telling():
        async for event in events(response.aiter_bytes()):
            if is_last(event):
                return
            chunk = answer_in(event.data)
            if failure := failure_in(chunk):
                raise failure
            yield chunk
    raise UpstreamBroken("a stream that just ends")


def is_last(event: Event) -> bool:
    """Whether it is the mark behind the last chunk."""
    return event.data == b"[DONE]"


def answer_in(content: bytes) -> Json:
    """Read an answer."""
    try:
        return read_object(content)
    except Refusal as error:
        raise UpstreamBroken("no JSON object") from error


async def start(book: Book, settings: LlamaEngine, *, embeds: bool, told: Callable[[float], None]) -> Running:
    """Load a model; `told` is given the share of the file that is read by now. NotLoadedError for what can't be run."""
    asked = {
        "path": str(book.path.resolve()),
        "sha256": book.sha256,
        "slots": settings.slots,
        "context": settings.context_length,
        "threads": settings.threads,
        "embeds": embeds,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        str(PROGRAM),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        # A signal for the server is not for its models: they end with their input, when it has finished.
        start_new_session=True,
    )
    try:
        assert process.stdin
        process.stdin.write(json.dumps(asked).encode() + b"\n")
        return Running(process, await loaded(process, told), settings.slots)
    except BaseException:
        await ended(process)
        raise


async def loaded(process: Process, told: Callable[[float], None]) -> str:
    """Wait until a model is loaded; return its socket."""
    assert process.stdout
    assert process.stderr
    # Nobody reads on what it writes there: it must not wait for that.
    words = asyncio.create_task(process.stderr.read())
    try:
        async for line in process.stdout:
            said: Mapping[str, Any] = json.loads(line)
            if "socket" in said:
                return str(said["socket"])
            if "failed" in said:
                raise NotLoadedError(said["failed"])
            told(said["read"])
        raise NotLoadedError(last_line(await words))
    finally:
        if not words.done():
            words.add_done_callback(lambda task: task.cancelled() or task.exception())


def last_line(words: bytes) -> str:
    """Return the last thing that a process said before it died."""
    lines = words[-LAST_WORDS:].decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "its process died without a word"


async def ended(process: Process) -> None:
    """End a process: its input, and if that is not enough, itself."""
    assert process.stdin
    process.stdin.close()
    try:
        async with asyncio.timeout(GRACE):
            await process.wait()
    except TimeoutError:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
