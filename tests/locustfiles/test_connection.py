"""The transport against servers that are well behaved, and odd."""

import asyncio
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import gevent
import pytest

from generator.address import Address, head, request
from generator.clock import Clock
from generator.connection import Connection
from generator.failure import Kind
from generator.limits import Limits
from generator.operations import ALL, read
from generator.reply import Reply
from generator.told import Told
from tests.certificates import certificate
from tests.locustfiles.odd import HEAD, HOST, Behaviour, Call, Server, chunk, closing, event, serving, stream, well

SHORT = Limits(connect=20.0, first_byte=0.6, idle=0.6, total=2.0)
STREAM = ALL["chat_stream"]


@contextmanager
def connected(address: Address, limits: Limits) -> Iterator[Connection]:
    """A connection with somebody who looks at its limits."""
    connection = Connection(address, limits, Clock())

    def watch() -> None:
        while True:
            gevent.sleep(0.02)
            connection.check_limits(time.perf_counter())

    watching = gevent.spawn(watch)
    try:
        yield connection
    finally:
        watching.kill()
        connection.close()


def ask(connection: Connection, address: Address, body: bytes = b"{}") -> tuple[Reply, Told]:
    reply = connection.ask(request(head(address, "POST", STREAM.path, ()), body))
    return reply, read(STREAM, reply)


def asked(behave: Behaviour, times: int = 1, limits: Limits = Limits()) -> tuple[list[tuple[Reply, Told]], Server]:
    """Ask so many times over one connection."""
    with serving(behave) as server:
        address = Address.of(server.base_url)
        with connected(address, limits) as connection:
            return [ask(connection, address) for _ in range(times)], server


def kinds(answers: list[tuple[Reply, Told]]) -> list[str]:
    return [told.failure.kind if told.failure else "" for _, told in answers]


def test_one_connection_carries_many_streams() -> None:
    ports = set()

    async def behave(call: Call) -> None:
        ports.add(call.writer.get_extra_info("peername"))
        await stream(call, ["a", "b", "c"])

    answers, server = asked(behave, times=5)
    assert kinds(answers) == [""] * 5
    assert (server.calls, len(ports)) == (5, 1)
    assert {told.text for _, told in answers} == {"abc"}
    assert {told.tokens_out for _, told in answers} == {3}


def test_times_are_those_of_the_server() -> None:
    async def behave(call: Call) -> None:
        await stream(call, ["a", "b", "c"], first=0.2, gap=0.1)

    [(reply, told)], _ = asked(behave)
    at = [when - reply.sent_at for when in told.token_at]
    assert 0.2 <= at[0] < at[1] < at[2] <= reply.last_at - reply.sent_at
    assert at[2] - at[0] >= 0.19


@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\r\r"])
def test_byte_by_byte_and_any_line_end(end: bytes) -> None:
    async def behave(call: Call) -> None:
        await call.send(HEAD)
        body = b"".join(event(word, end) for word in ("a", "b")) + closing(2, end)
        for place in range(len(body)):
            await call.send(chunk(body[place : place + 1]))
        await call.send(b"0\r\n\r\n")

    [(reply, told)], _ = asked(behave)
    assert (told.failure, told.text, len(told.token_at)) == (None, "ab", 2)
    assert sum(size for _, size in reply.reads) == len(reply.body)


async def _cut(call: Call) -> None:
    await call.send(HEAD + chunk(event("a")))
    call.writer.close()


async def _reset(call: Call) -> None:
    await call.send(HEAD + chunk(event("a")))
    await asyncio.sleep(0.05)
    call.writer.transport.abort()


async def _half_closed(call: Call) -> None:
    await call.send(HEAD + chunk(event("a")))
    call.writer.write_eof()
    await asyncio.sleep(0.2)


async def _no_end(call: Call) -> None:
    await call.send(HEAD + chunk(event("a")) + b"0\r\n\r\n")


async def _silent(call: Call) -> None:
    await asyncio.sleep(5)


async def _stalled(call: Call) -> None:
    await call.send(HEAD + chunk(event("a")))
    await asyncio.sleep(5)


async def _endless(call: Call) -> None:
    await call.send(HEAD)
    while True:
        await call.send(chunk(event("a")))
        await asyncio.sleep(0.05)


async def _garbage(call: Call) -> None:
    await call.send(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


async def _no_json(call: Call) -> None:
    await call.send(HEAD + chunk(b"data: {broken\n\n" + closing(1)) + b"0\r\n\r\n")


async def _no_stream(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")


async def _refused(call: Call) -> None:
    await call.send(b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 2\r\n\r\n{}")


async def _error_event(call: Call) -> None:
    await call.send(HEAD + chunk(event("a") + b'data: {"error": {"message": "x"}}\n\n') + b"0\r\n\r\n")


async def _short_body(call: Call) -> None:
    await call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n" + event("a"))
    call.writer.close()


@pytest.mark.parametrize(
    ("behave", "kind"),
    [
        (_cut, Kind.CUT),
        (_reset, Kind.CUT),
        (_half_closed, Kind.CUT),
        (_no_end, Kind.CUT),
        (_short_body, Kind.CUT),
        (_silent, Kind.TIMEOUT),
        (_stalled, Kind.TIMEOUT),
        (_endless, Kind.TIMEOUT),
        (_garbage, Kind.PROTOCOL),
        (_no_json, Kind.MALFORMED),
        (_no_stream, Kind.MALFORMED),
        (_error_event, Kind.ERROR_EVENT),
        (_refused, "status 429"),
    ],
)
def test_what_breaks_is_named(behave: Behaviour, kind: str) -> None:
    answers, _ = asked(behave, limits=SHORT)
    assert kinds(answers) == [kind]


def test_the_next_request_after_a_broken_one_is_sound() -> None:
    async def behave(call: Call) -> None:
        await (_cut if call.number % 2 else well)(call)

    answers, _ = asked(behave, times=4)
    assert kinds(answers) == [Kind.CUT, "", Kind.CUT, ""]


def test_a_kept_connection_that_the_server_closed_is_opened_anew() -> None:
    async def behave(call: Call) -> None:
        await well(call)
        call.writer.close()

    answers, server = asked(behave, times=4)
    assert kinds(answers) == [""] * 4
    assert server.calls == 4


def test_a_request_that_a_closing_server_never_took_is_sent_once_more() -> None:
    async def behave(call: Call) -> None:
        if call.number == 2:
            call.writer.transport.abort()
        else:
            await well(call)

    answers, server = asked(behave, times=2)
    assert kinds(answers) == ["", ""]
    assert [reply.retried for reply, _ in answers] == [False, True]
    assert server.calls == 3


def test_informational_responses_and_bodies_that_end_with_the_connection() -> None:
    async def behave(call: Call) -> None:
        await call.send(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")
        await call.send(b"HTTP/1.0 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + event("a") + closing(1))
        call.writer.close()

    answers, _ = asked(behave, times=2)
    assert kinds(answers) == ["", ""]
    assert b"link" not in dict(answers[0][0].headers)


def test_a_large_request_is_sent_in_parts() -> None:
    body = b'{"x": "' + b"y" * 8_000_000 + b'"}'

    async def behave(call: Call) -> None:
        await stream(call, [str(len(call.body["x"]))])

    with serving(behave) as server:
        address = Address.of(server.base_url)
        with connected(address, Limits()) as connection:
            _, told = ask(connection, address, body)
    assert told.text == "8000000"


def test_nobody_listens() -> None:
    with serving(well) as server:
        address = Address.of(server.base_url)
    with connected(address, SHORT) as connection:
        _, told = ask(connection, address)
    assert told.failure is not None
    assert told.failure.kind == Kind.CONNECT


def test_a_name_is_looked_up() -> None:
    with serving(well) as server:
        address = Address.of(server.base_url.replace(HOST, "localhost"))
        with connected(address, Limits()) as connection:
            _, told = ask(connection, address)
    assert (address.family, told.failure) == (None, None)


def test_too_large_a_body_is_given_up() -> None:
    answers, _ = asked(_endless, limits=Limits(body=500))
    assert kinds(answers) == [Kind.PROTOCOL]


def test_tls_is_read_and_timed_the_same_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.file, made.key)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))

    async def behave(call: Call) -> None:
        await stream(call, ["a" * 50_000, "b"], first=0.1, gap=0.1)

    with serving(behave, context) as server:
        address = Address.of(server.base_url.replace("http:", "https:"))
        with connected(address, Limits()) as connection:
            answers = [ask(connection, address) for _ in range(3)]
    assert kinds(answers) == [""] * 3
    assert {told.text for _, told in answers} == {"a" * 50_000 + "b"}
    assert all(told.token_at[1] - told.token_at[0] >= 0.09 for _, told in answers)


def test_a_certificate_that_nobody_trusts_is_refused(tmp_path: Path) -> None:
    made = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.file, made.key)
    with serving(well, context) as server:
        address = Address.of(server.base_url.replace("http:", "https:"))
        with connected(address, Limits()) as connection:
            answers = [ask(connection, address)]
    assert kinds(answers) == [Kind.CONNECT]
