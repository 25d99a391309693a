"""What goes wrong with Coze, as clients are told: real statuses before the first byte, an event after it."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from reference_server.app import create_app
from reference_server.settings import CircuitBreaker, HealthCheck, Route, Settings, SyntheticEngine
from tests.reference_server.asking import Json, chat, error, events
from tests.reference_server.coze_asking import ask, completed, engine, in_front_of, keyed, piece, said
from tests.reference_server.coze_rules import Dialect
from tests.reference_server.fake_coze import BOT, FakeCoze, Run, Step, begun, last, written
from tests.reference_server.visitors import until
from tests.servers import running

DIALECTS: tuple[Dialect, ...] = ("cloud", "studio")
CODES = [
    (4000, 400, "invalid_value"),
    (103000000, 400, "invalid_value"),
    (4100, 502, "upstream_refused"),
    (4101, 502, "upstream_refused"),
    (700012006, 502, "upstream_refused"),
    (103000001, 502, "upstream_refused"),
    (4200, 404, "model_not_found"),
    (103100002, 404, "model_not_found"),
    (103000002, 404, "not_found"),
    (4013, 429, "rate_limit_exceeded"),
    (4028, 429, "insufficient_quota"),
    (4016, 409, "conversation_occupied"),
    (5000, 502, "upstream_error"),
    (103200002, 502, "upstream_error"),
    (123456, 502, "upstream_error"),
]


LOGGED = {"x-tt-logid": "log-7"}


def refusing(code: int, words: str = "because", status: int = 200) -> Response:
    return JSONResponse({"code": code, "msg": words}, status, LOGGED)


def failing_early(code: int) -> Response:
    """As Studio fails before a run: an event, and the end."""
    return Response(written("error", {"code": code, "msg": "because"}), 200, LOGGED, "text/event-stream")


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize(("code", "status", "meaning"), CODES)
@pytest.mark.parametrize("how", [refusing, failing_early])
def test_a_failure_before_the_first_word_is_a_real_status(
    how: Any, code: int, status: int, meaning: str, *, streams: bool
) -> None:
    response = ask(FakeCoze("cloud", failing=how(code)), chat(stream=streams))
    assert (response.status_code, error(response)["code"]) == (status, meaning)
    assert (response.headers["x-coze-code"], response.headers["x-coze-logid"]) == (str(code), "log-7")


@pytest.mark.parametrize(
    ("status", "told"), [(400, 400), (401, 502), (403, 502), (404, 502), (429, 429), (500, 502), (503, 502), (302, 502)]
)
@pytest.mark.parametrize("body", ["<html>", "", '{"message": "no envelope"}'])
def test_a_status_without_an_envelope_has_a_meaning_too(status: int, told: int, body: str) -> None:
    response = ask(FakeCoze("cloud", failing=PlainTextResponse(body, status)))
    assert response.status_code == told
    assert "html" not in error(response)["message"]


def test_whether_to_try_again_is_told() -> None:
    limited = ask(FakeCoze("cloud", failing=refusing(4013)))
    assert (limited.headers["retry-after"], "x-should-retry" in limited.headers) == ("1", False)
    waiting = JSONResponse({"code": 4013, "msg": ""}, headers={"retry-after": "7"})
    assert ask(FakeCoze("cloud", failing=waiting)).headers["retry-after"] == "7"
    for code in (4028, 4100):
        assert ask(FakeCoze("cloud", failing=refusing(code))).headers["x-should-retry"] == "false"


def test_words_of_coze_are_told_where_the_request_is_at_fault() -> None:
    assert "field x" in error(ask(FakeCoze("cloud", failing=refusing(4000, "field x"))))["message"]
    assert "secret" not in ask(FakeCoze("cloud", failing=refusing(5000, "secret host"))).text


@pytest.mark.parametrize("dialect", DIALECTS)
def test_our_own_key_is_for_the_operator_to_mend(dialect: Dialect, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        response = ask(FakeCoze(dialect), chat("my words", stream=True), key="pat_wrong")
    assert (response.status_code, error(response)["code"]) == (502, "upstream_refused")
    assert "is the key one for http://127.0.0.1" in caplog.text
    assert "log-1" in caplog.text
    assert "pat_wrong" not in caplog.text + response.text
    assert "my words" not in caplog.text


class OccupiedOnce(FakeCoze):
    """A Coze whose first conversation is taken."""

    def refusal(self) -> Response | None:
        return refusing(4016) if len(self.runs) == 1 else None


def test_an_occupied_conversation_is_left_for_a_new_one() -> None:
    fake = OccupiedOnce("cloud")
    assert said(ask(fake, chat("Say exactly: Hello"))) == "Hello"
    assert len({run.conversation for run in fake.runs}) == 2


def breaking(*ends: Step) -> Any:
    """A chat that says something, and then this."""

    def script(fake: FakeCoze, run: Run) -> Iterator[Step]:
        yield from begun(fake, run)
        yield piece(fake, run, "Hel")
        yield from ends

    return script


FAULT = ("error", {"code": 103200002, "msg": "Internal Server Error"})
FAILED = ("conversation.chat.failed", {"code": 701231, "msg": "error"})
FAILED_CHAT = ("conversation.chat.failed", {"id": "1", "status": "failed", "last_error": {"code": 5000, "msg": "x"}})
QUIETLY = ("conversation.chat.completed", {"id": "1", "conversation_id": "1", "status": "failed"})
DONE = ("done", '"[DONE]"')
BROKEN: list[tuple[Step, ...]] = [
    (FAULT, ("conversation.chat.completed", {"status": "completed"}), ("conversation.stream.done", "")),
    (FAILED, DONE), (FAILED_CHAT, DONE), (QUIETLY, DONE), (DONE,), (), (("conversation.message.delta", "{"),),
]  # fmt: skip


@pytest.mark.parametrize("ends", BROKEN)
def test_a_stream_that_breaks_says_so_and_is_no_success(ends: tuple[Step, ...]) -> None:
    fake = FakeCoze("studio", breaking(*ends))
    with in_front_of(fake) as client:
        seen = [json.loads(each) for each in events(client.post("/chat/completions", json=chat(stream=True)))]
        whole = client.post("/chat/completions", json=chat())
        metrics = client.get("../metrics").text
    assert set(seen[-1]) == {"error"}
    finishes = [choice["finish_reason"] for chunk in seen[:-1] for choice in chunk["choices"]]
    assert set(finishes) == {None}
    assert (whole.status_code, error(whole)["type"]) == (502, "server_error")
    assert "coze_adapter_request_success_total{" not in metrics


def test_an_answer_without_a_word_is_a_failure() -> None:
    def wordless(fake: FakeCoze, run: Run) -> Iterator[Step]:
        yield from begun(fake, run)
        yield completed(fake, run)
        yield last(fake)

    response = ask(FakeCoze("cloud", wordless))
    assert (response.status_code, error(response)["code"]) == (502, "upstream_broken")


def test_json_in_the_place_of_a_stream_is_a_failure() -> None:
    response = ask(FakeCoze("cloud", failing=JSONResponse({"code": 0, "data": {"id": "1"}})))
    assert (response.status_code, error(response)["code"]) == (502, "upstream_broken")


def test_each_engine_has_its_own_coze() -> None:
    east, west = FakeCoze("cloud"), FakeCoze("studio")
    with running(east.app) as there, running(west.app) as elsewhere, keyed():
        bases = zip(("east", "west"), (there, elsewhere), (east, west), strict=True)
        engines = tuple(engine(base.removesuffix("/v1"), fake.dialect, name=name) for name, base, fake in bases)
        routes = (Route(pattern="west", engine="west"), Route(pattern=".*", engine="east"))
        settings = Settings(engines=engines, default_engine="east", routes=routes, health_check=None)
        with running(create_app(settings)) as base:
            for model in ("west", "east", "west"):
                assert httpx2.post(f"{base}/chat/completions", json=chat(model=model)).status_code == 200
    assert (len(east.runs), len(west.runs)) == (1, 2)


@contextmanager
def beside_a_fallback(fake: FakeCoze, **settings: Any) -> Iterator[httpx2.Client]:
    with running(fake.app) as there, keyed():
        engines = (engine(there.removesuffix("/v1"), fake.dialect), SyntheticEngine(name="spare"))
        given = {"routes": (Route(pattern=".*"),), "fallbacks": {"base": ("spare",)}, "health_check": None, **settings}
        with running(create_app(Settings(engines=engines, **given))) as base, httpx2.Client(base_url=base) as client:
            yield client


@pytest.mark.parametrize("code", [4028, 4013, 5000, 4100])
@pytest.mark.parametrize("streams", [False, True])
def test_a_fallback_answers_where_coze_can_not(code: int, *, streams: bool) -> None:
    with beside_a_fallback(FakeCoze("cloud", failing=refusing(code))) as client:
        response = client.post("/chat/completions", json=chat(stream=streams))
        assert (response.status_code, response.headers["x-adapter-engine"]) == (200, "spare")


def test_a_coze_that_fails_too_often_is_left_alone() -> None:
    fake = FakeCoze("cloud", failing=refusing(5000))
    with beside_a_fallback(fake, circuit_breaker=CircuitBreaker(min_requests=4, open_for=60)) as client:
        for _ in range(12):
            assert client.post("/chat/completions", json=chat()).status_code == 200
    assert len(fake.runs) < 12


@pytest.mark.parametrize("dialect", DIALECTS)
def test_probes_cost_no_tokens_and_find_out(dialect: Dialect) -> None:
    fake, check = FakeCoze(dialect), HealthCheck(every=0.05, rise=1, fall=1)
    with in_front_of(fake, settings={"health_check": check}) as client:
        said(client.post("/chat/completions", json=chat()))
        until(lambda: fake.probed > 2)
        assert client.post("/chat/completions", json=chat()).status_code == 200
    assert len(fake.runs) == 2


def test_a_coze_that_is_down_is_told_as_such() -> None:
    with keyed():
        engines = (engine("http://127.0.0.1:9"),)
        settings = Settings(engines=engines, routes=(Route(pattern=".*"),), health_check=None)
        with running(create_app(settings)) as base:
            response = httpx2.post(f"{base}/chat/completions", json=chat())
    assert (response.status_code, error(response)["code"]) == (502, "upstream_unreachable")


def test_a_bot_that_is_not_published_is_named_as_the_cause() -> None:
    told: Json = error(ask(FakeCoze("cloud", failing=refusing(4200)), bot=BOT))
    assert "not published" in told["message"]
    assert "4200" in told["message"]
