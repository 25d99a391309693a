"""What passes: every byte as it comes, in both directions, and who closes when."""

import asyncio
import json
from typing import Any

import pytest

from tests.probe import hostile
from tests.probe.hostile import STREAM_HEAD, Reader, Writer, answer, asked, keeping, saying
from tests.proxy.proxies import before, kept_by

GET = b"GET /v1/models HTTP/1.1\r\nHost: app\r\n\r\n"
CHUNKED = b"POST /v1/x HTTP/1.1\r\nHost: app\r\ntransfer-encoding: chunked\r\n\r\n"
CHUNKS = b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"


async def whole(reader: Reader) -> bytes:
    """Read until the other side closes."""
    return await asyncio.wait_for(reader.read(), 10)


async def refusal(reader: Reader) -> tuple[int, dict[str, Any]]:
    head, _, body = (await whole(reader)).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["error"]


def test_an_event_is_there_before_the_next_is_sent() -> None:
    async def run() -> None:
        confirmed = asyncio.Event()

        async def one_by_one(reader: Reader, writer: Writer) -> None:
            await asked(reader)
            writer.write(STREAM_HEAD)
            for number in range(20):
                writer.write(b"data: %d\n\n" % number)
                await confirmed.wait()
                confirmed.clear()

        async with before(one_by_one) as (reader, writer, kept):
            writer.write(GET)
            await reader.readuntil(b"\r\n\r\n")
            for number in range(20):
                assert await reader.readuntil(b"\n\n") == b"data: %d\n\n" % number
                confirmed.set()
            assert await whole(reader) == b""
            response = (await kept_by(kept)).exchange.response
        assert response is not None
        assert len(response.reads) == 20

    asyncio.run(asyncio.wait_for(run(), 20))


def test_the_request_goes_on_as_it_came_but_for_host_and_path() -> None:
    async def run() -> bytes:
        got: list[bytes] = []

        async def note(reader: Reader, writer: Writer) -> None:
            got.append(await asked(reader))
            writer.write(answer(b"{}"))

        async with before(note) as (reader, writer, _):
            upgrade = b"Connection: Upgrade, HTTP2-Settings, keep-alive\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n"
            writer.write(
                b"POST /v1/x?y=%20 HTTP/1.1\r\nhost: app\r\n" + upgrade + b"X-Odd:  a \r\nContent-Length: 2\r\n\r\nhi"
            )
            await reader.readuntil(b"{}")
        return got[0]

    head, _, body = asyncio.run(run()).partition(b"\r\n\r\n")
    first, host, *rest = head.split(b"\r\n")
    assert first == b"POST /v1/x?y=%20 HTTP/1.1"
    assert host.startswith(b"Host: 127.0.0.1:")
    assert rest == [b"Connection: keep-alive", b"X-Odd:  a ", b"Content-Length: 2"]
    assert body == b"hi"


def test_chunks_go_on_as_they_came_and_are_kept_as_meant() -> None:
    async def run() -> None:
        sent = asyncio.Queue[bytes]()

        async def note(reader: Reader, writer: Writer) -> None:
            await reader.readuntil(b"\r\n\r\n")
            sent.put_nowait(await reader.readexactly(len(CHUNKS)))
            writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + CHUNKS)

        async with before(note) as (reader, writer, kept):
            writer.write(CHUNKED)
            for byte in CHUNKS:
                writer.write(bytes([byte]))
                await writer.drain()
            assert await sent.get() == CHUNKS
            assert (await whole(reader)).endswith(CHUNKS)
            exchange = (await kept_by(kept)).exchange
        assert exchange.response is not None
        assert (exchange.request.body, exchange.response.body) == (b"abcde", b"abcde")

    asyncio.run(run())


def test_connections_are_kept_alive_on_both_sides() -> None:
    async def run() -> None:
        async with before(keeping(answer(b"1"), answer(b"2"))) as (reader, writer, kept):
            for number in (b"1", b"2"):
                writer.write(GET)
                await reader.readuntil(b"\r\n\r\n")
                assert await reader.readexactly(1) == number
            assert await whole(reader) == b""
            assert [(await kept_by(kept)).exchange.response.body for _ in range(2)] == [b"1", b"2"]  # type: ignore[union-attr]

    asyncio.run(run())


def test_requests_sent_ahead_wait_for_their_turn() -> None:
    async def run() -> None:
        async with before(keeping(answer(b"1"), answer(b"2"))) as (reader, writer, _):
            writer.write(GET + GET)
            both = await whole(reader)
        assert both.count(b"HTTP/1.1 200") == 2
        assert both.endswith(b"2")

    asyncio.run(run())


def test_continue_is_between_the_two_ends() -> None:
    async def run() -> None:
        async def ask_for_it(reader: Reader, writer: Writer) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            assert await reader.readexactly(2) == b"hi"
            writer.write(answer(b"{}"))

        async with before(ask_for_it) as (reader, writer, kept):
            writer.write(b"POST /v1/x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            assert b" 100 " in await reader.readuntil(b"\r\n\r\n")
            writer.write(b"hi")
            assert b" 200 " in await whole(reader)
            exchange = (await kept_by(kept)).exchange
        assert exchange.response is not None
        assert (exchange.request.body, exchange.response.status) == (b"hi", 200)

    asyncio.run(run())


def test_head_has_no_body_whatever_it_declares() -> None:
    async def run() -> None:
        answers = keeping(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", answer(b"2"))
        async with before(answers) as (reader, writer, kept):
            writer.write(GET.replace(b"GET", b"HEAD"))
            await reader.readuntil(b"\r\n\r\n")
            assert (await kept_by(kept)).exchange.failure is None
            writer.write(GET)
            assert (await whole(reader)).endswith(b"2")

    asyncio.run(run())


@pytest.mark.parametrize(
    ("sent", "kind", "detail"),
    [
        (STREAM_HEAD[:-2] + b"content-length: 99\r\n\r\nabc", "cut", "closed after 3 of 99 bytes of the body"),
        (STREAM_HEAD[:-2] + b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n", "cut", "closed after 3 bytes"),
        (b"HTTP/1.1 200", "cut", "closed before the head of the response was complete"),
        (b"", "cut", "closed before a response came"),
        (b"SSH-2.0\r\n", "protocol", "it is not valid HTTP"),
    ],
)
def test_what_is_cut_upstream_is_cut_for_the_app(sent: bytes, kind: str, detail: str) -> None:
    async def run() -> None:
        async with before(saying(sent)) as (reader, writer, kept):
            writer.write(GET)
            assert await whole(reader) == sent
            failure = (await kept_by(kept)).exchange.failure
        assert failure is not None
        assert failure.kind == kind
        assert detail in failure.detail

    asyncio.run(run())


def test_a_body_that_ends_with_the_connection_is_whole() -> None:
    async def run() -> None:
        async with before(saying(STREAM_HEAD, b"data: x\n\n")) as (reader, writer, kept):
            writer.write(GET)
            await whole(reader)
            assert (await kept_by(kept)).exchange.failure is None

    asyncio.run(run())


def test_an_app_that_leaves_ends_the_stream_upstream() -> None:
    async def run() -> None:
        witness = hostile.Witness([], asyncio.Event())
        async with before(witness) as (reader, writer, kept):
            writer.write(GET)
            await reader.readuntil(b"\n\n")
            writer.close()
            await asyncio.wait_for(witness.gone.wait(), 10)
            assert (await kept_by(kept)).exchange.left

    asyncio.run(run())


def test_a_slow_app_slows_upstream() -> None:
    async def run() -> None:
        sent = 0

        async def flood(reader: Reader, writer: Writer) -> None:
            nonlocal sent
            await asked(reader)
            writer.write(STREAM_HEAD)
            while True:
                writer.write(bytes(65536))
                await writer.drain()
                sent += 65536

        async with before(flood, max_held=1) as (_, writer, _kept):
            writer.write(GET)
            seen = -1
            while seen < sent:
                seen = sent
                await asyncio.sleep(0.3)
            assert 0 < sent < 64 * 1024 * 1024

    asyncio.run(run())


def test_a_body_above_the_bound_passes_and_is_not_kept_whole() -> None:
    async def run() -> None:
        body = bytes(200_000)
        async with before(saying(answer(body)), max_body=100_000) as (reader, writer, kept):
            writer.write(b"POST /v1/x HTTP/1.1\r\nHost: a\r\ncontent-length: 100001\r\n\r\n" + bytes(100_001))
            assert (await whole(reader)).endswith(body)
            recording = await kept_by(kept)
        exchange = recording.exchange
        assert not exchange.request.is_whole
        assert exchange.left
        assert exchange.response is not None
        assert len(exchange.response.body) == sum(read.size for read in exchange.response.reads) <= 100_000
        assert len(recording.flaws) == 2

    asyncio.run(run())


@pytest.mark.parametrize(
    ("request_", "status", "words"),
    [
        (GET.replace(b"\r\n\r\n", b"\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"), 501, "WebSocket"),
        (b"GET http://h/v1/models HTTP/1.1\r\nHost: h\r\n\r\n", 400, "base URL"),
        (b"CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 400, "base URL"),
        (b"GET /v1/models HTTP/1.1\r\nbad header\r\n\r\n", 400, "no HTTP/1.1 request"),
        (b"\x16\x03\x01 hello\r\n\r\n", 400, "no HTTP/1.1 request"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, 431, "too large"),
        (GET.replace(b"\r\n\r\n", b"\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n"), 400, "no HTTP/1.1"),
        (CHUNKED + CHUNKS + GET, 400, "another request"),
        (CHUNKED + b"zz\r\n", 400, "the body of the request"),
    ],
)
def test_what_cannot_go_on_is_told_why(request_: bytes, status: int, words: str) -> None:
    async def run() -> None:
        async with before(saying(answer(b"{}"))) as (reader, writer, kept):
            writer.write(request_)
            code, error = await refusal(reader)
            assert code == status
            assert words in error["message"]
            assert set(error) == {"message", "type", "param", "code"}
            assert kept.recordings.empty()

    asyncio.run(run())


def test_nobody_upstream_is_a_502_and_no_recording() -> None:
    async def run() -> None:
        async with before(saying()) as (_, _writer, kept):
            pass
        from cozecheck.proxy import Upstream, serve

        async with serve(Upstream.at("http://127.0.0.1:9/v1"), kept.recordings.put) as base_url:
            port = int(base_url.split(":")[2].split("/")[0])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(GET)
            status, error = await refusal(reader)
            writer.close()
        assert (status, error["code"]) == (502, "cozecheck_upstream_unreachable")
        assert "127.0.0.1:9: Connection refused" in error["message"]
        assert kept.recordings.empty()

    asyncio.run(run())


def test_an_early_answer_reaches_an_app_that_still_sends() -> None:
    async def run() -> None:
        async def at_once(reader: Reader, writer: Writer) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer(b"{}", status=b"413 No"))
            await writer.drain()
            await asyncio.Event().wait()

        async with before(at_once) as (reader, writer, _):
            writer.write(b"POST /v1/x HTTP/1.1\r\nHost: a\r\ncontent-length: 9000000\r\n\r\n" + bytes(1000))
            assert b" 413 " in await reader.readuntil(b"{}")
            writer.write(bytes(100_000))
            assert await whole(reader) == b""

    asyncio.run(run())
