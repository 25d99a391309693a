"""Targets that behave badly cost one failure and a bounded time."""

import asyncio

import pytest

from cozecheck.exchange import Exchange, FailureKind
from cozecheck.probe import Endpoint, Limits
from cozecheck.scenarios.sending import Send
from tests.probe import hostile
from tests.probe.asking import HASTY, LIMITS, QUESTION, ask, ask_all, ask_at, failure_of, send_all
from tests.probe.hostile import Behaviour, answer

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PROMISED = answer(b"abc", length=100)
ENDLESS = answer(b"", length=2**31)
EVENT = b'data: {"a":1}\n\n'
TIMES = (FailureKind.FIRST_BYTE, FailureKind.IDLE, FailureKind.TOTAL)

BEFORE_THE_BODY: dict[str, tuple[Behaviour, FailureKind]] = {
    "hangs": (hostile.hanging_after(b""), FailureKind.FIRST_BYTE),
    "hangs in the head": (hostile.hanging_after(b"HTTP/1.1 200 OK\r\nserver: x\r\n"), FailureKind.FIRST_BYTE),
    "drips the head": (hostile.repeating(b"HTTP/1.1 200 OK\r\nx: ", b"y", pause=0.02), FailureKind.FIRST_BYTE),
    "closes at once": (hostile.saying(), FailureKind.CUT),
    "closes in the head": (hostile.saying(b"HTTP/1.1 200 OK\r\nserver"), FailureKind.CUT),
    "resets at once": (hostile.resetting_after(b""), FailureKind.CUT),
    "speaks TLS": (hostile.saying(b"\x15\x03\x01\x00\x02\x02\x28\r\n\r\n"), FailureKind.PROTOCOL),
    "has no status": (hostile.saying(b"HTTP/1.1 OK\r\n\r\n"), FailureKind.PROTOCOL),
    "has a broken header": (hostile.saying(b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), FailureKind.PROTOCOL),
    "has two lengths": (
        hostile.saying(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}"),
        FailureKind.PROTOCOL,
    ),
    "has a length below zero": (
        hostile.saying(b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}"),
        FailureKind.PROTOCOL,
    ),
    "floods with headers": (hostile.repeating(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n" * 1000), FailureKind.PROTOCOL),
    "has one huge header": (hostile.repeating(b"HTTP/1.1 200 OK\r\na: ", b"b" * 6000), FailureKind.PROTOCOL),
    "floods with 1xx": (hostile.repeating(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), FailureKind.PROTOCOL),
    "switches protocols": (
        hostile.saying(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\n\r\nabc"),
        FailureKind.PROTOCOL,
    ),
}

IN_THE_BODY: dict[str, tuple[Behaviour, FailureKind]] = {
    "stalls": (hostile.hanging_after(PROMISED), FailureKind.IDLE),
    "closes early": (hostile.saying(PROMISED), FailureKind.CUT),
    "closes in a chunk": (hostile.saying(CHUNKED + b"5\r\nabc"), FailureKind.CUT),
    "closes between chunks": (hostile.saying(CHUNKED + b"3\r\nabc\r\n"), FailureKind.CUT),
    "resets": (hostile.resetting_after(PROMISED), FailureKind.CUT),
    "has a broken chunk": (hostile.saying(CHUNKED + b"3\r\nabc\r\nzz\r\n"), FailureKind.PROTOCOL),
    "floods with trailers": (
        hostile.repeating(CHUNKED + b"3\r\nabc\r\n0\r\n", b"a: b\r\n" * 1000),
        FailureKind.PROTOCOL,
    ),
    "drips": (hostile.repeating(ENDLESS + b"abc", b"x", pause=0.02), FailureKind.TOTAL),
    "sends 2 GB": (hostile.repeating(ENDLESS + b"abc", bytes(hostile.PIECE)), FailureKind.SIZE),
    "sends 2 GB in chunks": (
        hostile.repeating(CHUNKED + b"3\r\nabc\r\n", b"8000\r\n" + bytes(0x8000) + b"\r\n"),
        FailureKind.SIZE,
    ),
    "streams events for ever": (hostile.repeating(hostile.STREAM_HEAD, EVENT), FailureKind.EVENTS),
}


@pytest.mark.parametrize("name", BEFORE_THE_BODY)
def test_without_a_head_there_is_no_response(name: str) -> None:
    behaviour, kind = BEFORE_THE_BODY[name]
    exchange = ask(behaviour, limits=HASTY if kind in TIMES else LIMITS)
    assert failure_of(exchange).kind == kind
    assert exchange.response is None


@pytest.mark.parametrize("name", IN_THE_BODY)
def test_what_came_of_a_body_is_kept(name: str) -> None:
    behaviour, kind = IN_THE_BODY[name]
    exchange = ask(behaviour, limits=HASTY if kind in TIMES else LIMITS)
    assert failure_of(exchange).kind == kind
    assert exchange.response is not None
    assert exchange.response.status == 200
    assert exchange.response.body.startswith((b"abc", EVENT))


@pytest.mark.parametrize("name", ["sends 2 GB", "sends 2 GB in chunks"])
def test_a_body_takes_bounded_memory(name: str) -> None:
    response = ask(IN_THE_BODY[name][0]).response
    assert response is not None
    assert LIMITS.body < len(response.body) <= LIMITS.body + hostile.PIECE


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=repr)
def test_events_are_counted_however_lines_end(end: bytes) -> None:
    response = ask(hostile.repeating(hostile.STREAM_HEAD, b"data: 1" + end + end)).response
    assert response is not None
    assert LIMITS.events < len(response.stream.events)


def test_blank_lines_of_what_is_no_stream_are_no_events() -> None:
    exchange = ask(hostile.saying(answer(b"<html>" + b"\n" * 1000)))
    assert exchange.failure is None


def test_a_request_that_nobody_reads_costs_the_time_to_the_first_byte() -> None:
    exchange = ask(hostile.never_reading, Send("huge", content=b"x" * 16_000_000), limits=HASTY)
    assert failure_of(exchange).kind == FailureKind.FIRST_BYTE


def test_the_total_time_bounds_all_other_times() -> None:
    patient = Limits(first_byte=60, idle=60, total=0.3)
    assert failure_of(ask(hostile.hanging_after(b""), limits=patient)).kind == FailureKind.TOTAL
    assert failure_of(ask(hostile.hanging_after(PROMISED), limits=patient)).kind == FailureKind.TOTAL


def test_a_failure_says_after_how_many_seconds() -> None:
    assert 0.2 < failure_of(ask(hostile.hanging_after(PROMISED), limits=HASTY)).seconds < 10


def test_a_failure_says_how_much_of_the_body_came() -> None:
    assert (
        failure_of(ask(hostile.saying(PROMISED))).detail == "the connection was closed after 3 of 100 bytes of the body"
    )


def test_a_gzip_bomb_is_taken_as_it_came() -> None:
    bomb = hostile.gzip_bomb(50_000_000)
    response = ask(hostile.saying(answer(bomb, b"content-encoding: gzip"))).response
    assert response is not None
    assert response.body == bomb
    assert "unpacks" in response.decoded.fault


def test_html_is_a_response() -> None:
    response = ask(hostile.saying(answer(b"<html>", b"content-type: text/html", status=b"502 Bad Gateway"))).response
    assert response is not None
    assert (response.status, response.media_type, response.body) == (502, "text/html", b"<html>")


def test_bytes_that_are_no_text_are_kept_in_headers_and_body() -> None:
    response = ask(hostile.saying(answer(b"\xff\x00", b"x-odd: \xe9\xff"))).response
    assert response is not None
    assert (response.headers.get("x-odd"), response.body) == ("\xe9\xff", b"\xff\x00")


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    exchange = ask(hostile.saying(b"HTTP/1.0 200 OK\r\n\r\nabc"))
    assert exchange.failure is None
    assert exchange.response is not None
    assert (exchange.response.body, exchange.response.http_version) == (b"abc", "HTTP/1.0")


@pytest.mark.parametrize("surplus", [b"xxxx", b"\r\n", answer(b"not asked for")], ids=["garbage", "line", "response"])
def test_what_follows_a_body_does_not_harm_the_next_exchange(surplus: bytes) -> None:
    exchanges = ask_all(hostile.keeping(answer(b"{}") + surplus, answer(b"{}")), QUESTION, QUESTION, QUESTION)
    assert [(it.failure, body_of(it)) for it in exchanges] == [(None, b"{}")] * 3


def test_a_connection_that_was_closed_while_idle_is_not_held_against_the_target() -> None:
    exchanges = ask_all(hostile.keeping(answer(b"{}")), QUESTION, QUESTION)
    assert [it.failure for it in exchanges] == [None, None]


def test_a_target_that_closes_on_every_request_is_reported_on_a_used_connection_too() -> None:
    first, second = ask_all(hostile.answering_once(answer(b"{}")), QUESTION, QUESTION)
    assert first.failure is None
    assert failure_of(second).kind == FailureKind.CUT


def test_a_broken_exchange_does_not_harm_the_next() -> None:
    exchanges = ask_all(hostile.keeping(PROMISED), QUESTION, QUESTION)
    assert [failure_of(it).kind for it in exchanges] == [FailureKind.CUT] * 2


def test_a_refused_connection_names_the_address() -> None:
    failure = failure_of(ask_at(Endpoint("http://127.0.0.1:9/v1")))
    assert (failure.kind, failure.detail) == (FailureKind.CONNECT, "cannot connect to 127.0.0.1:9: Connection refused")


def test_a_host_without_an_address_is_a_failure_to_connect() -> None:
    assert failure_of(ask_at(Endpoint("http://nowhere.invalid/v1"))).kind == FailureKind.CONNECT


def test_a_host_that_cannot_have_an_address_is_a_failure_to_connect() -> None:
    assert failure_of(ask_at(Endpoint("http://" + "a" * 70 + ".example/v1"))).kind == FailureKind.CONNECT


@pytest.mark.parametrize(
    "behaviour", [hostile.never_reading, hostile.blurting(b"plain text\r\n")], ids=["hangs", "plain"]
)
def test_a_handshake_that_fails_is_a_failure_to_connect(behaviour: Behaviour) -> None:
    async def run() -> list[Exchange]:
        async with hostile.serving(behaviour) as base_url:
            return await send_all(Endpoint(base_url.replace("http:", "https:")), [QUESTION], HASTY)

    assert failure_of(asyncio.run(run())[0]).kind == FailureKind.CONNECT


def body_of(exchange: Exchange) -> bytes | None:
    return None if exchange.response is None else exchange.response.body
