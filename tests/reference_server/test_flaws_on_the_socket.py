"""Flaws that are about bytes and time: what goes out, and when it ends."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from random import Random

import pytest
from starlette.responses import StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server.app import create_app
from reference_server.flaws import apply, transport
from reference_server.settings import SyntheticEngine
from tests.reference_server.flaw_conversation import CONVERSATION
from tests.reference_server.wire import SMALL, Answer, Ask, answer_to, ask, ask_chat, server


def counting_app(produced: list[int]) -> ASGIApp:
    """An app that streams twenty events and notes each as it is made."""

    async def events() -> AsyncIterator[str]:
        for number in range(20):
            produced.append(number)
            yield f"data: {number}\n\n"
            await asyncio.sleep(0)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await StreamingResponse(events(), media_type="text/event-stream")(scope, receive, send)

    return app


def test_hang_says_nothing_until_the_client_leaves() -> None:
    assert answer_to(ask_chat(seed=1, leave_after=0), "hang") == Answer()


def test_hang_answers_a_request_without_a_seed() -> None:
    assert answer_to(ask_chat(), "hang").status == 200


def test_reset_midway_sends_half_of_what_it_promises() -> None:
    answer = Answer()
    with pytest.raises(ConnectionAbortedError):
        asyncio.run(ask(server("reset-midway"), ask_chat(user="somebody"), answer))
    assert len(answer.body) == int(answer.headers["content-length"]) // 2


@pytest.mark.parametrize("request_", [ask_chat(), ask_chat(stream=True, user="somebody")])
def test_reset_midway_leaves_others_whole(request_: Ask) -> None:
    assert answer_to(request_, "reset-midway").seen == answer_to(request_).seen


def test_endless_stream_goes_on_until_the_client_leaves() -> None:
    answer = answer_to(ask_chat(stream=True, max_tokens=5, user="somebody", leave_after=5000), "endless-stream")
    assert 5000 <= len(answer.pieces) < 5100
    assert answer.pieces[4000] == answer.pieces[6]


def test_endless_stream_ends_without_user() -> None:
    assert answer_to(ask_chat(stream=True), "endless-stream").body.endswith(b"data: [DONE]\n\n")


def test_gzip_bomb_is_small_and_starts_to_unpack_to_blanks() -> None:
    answer = answer_to(CONVERSATION["models"], "gzip-bomb")
    assert len(answer.body) < 3 * 2**20
    assert zlib.decompressobj(wbits=31).decompress(answer.body, 2**22) == b" " * 2**22


def test_a_gzip_bomb_of_one_mebibyte_holds_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "BOMB_MEBIBYTES", 1)
    monkeypatch.setattr(transport, "BOMB_CRC", zlib.crc32(b" " * 2**20))
    unpacked = zlib.decompress(answer_to(CONVERSATION["models"], "gzip-bomb").body, wbits=31)
    assert json.loads(unpacked)["object"] == "list"


def test_gzip_corrupt_does_not_unpack() -> None:
    with pytest.raises(zlib.error):
        zlib.decompress(answer_to(CONVERSATION["models"], "gzip-corrupt").body, wbits=31)


def test_buffered_sends_the_clean_stream_in_one_piece() -> None:
    assert answer_to(ask_chat(stream=True), "buffered").pieces == [answer_to(ask_chat(stream=True)).body]


def test_gzip_stream_packs_each_event_by_itself() -> None:
    unpack = zlib.decompressobj(wbits=31)
    texts = [unpack.decompress(piece) for piece in answer_to(CONVERSATION["stream-gzip"], "gzip-stream").pieces]
    assert texts == answer_to(ask_chat(stream=True)).pieces


def test_streams_stay_incremental() -> None:
    paced = SMALL.model_copy(update={"engines": (SyntheticEngine(name="base", token_delay=0.0001),)})
    flawed, clean = (
        asyncio.run(ask(create_app(paced, entropy=Random(0), flaw=name), ask_chat(stream=True)))
        for name in ("stream-model-path", None)
    )
    assert len(flawed.pieces) >= len(clean.pieces) > 10


def test_runs_on_makes_every_event_although_the_client_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "LINGERS", 0)
    produced: list[int] = []
    asyncio.run(ask(apply(counting_app(produced), "runs-on"), ask_chat(stream=True, leave_after=2)))
    assert len(produced) == 20


def test_without_it_a_client_that_leaves_stops_generation() -> None:
    produced: list[int] = []
    asyncio.run(ask(apply(counting_app(produced), "stream-no-done"), ask_chat(stream=True, leave_after=2)))
    assert len(produced) < 20
