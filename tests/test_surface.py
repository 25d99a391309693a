"""Which operations a target has: told from what it answers beside a path that cannot exist."""

import asyncio
import json
import time
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from cozecheck.contract.operations import Operation
from cozecheck.errors import NoVerdictError, UsageError
from cozecheck.exchange import Exchange, Failure, FailureKind, Request, Response
from cozecheck.findings import Outcome, Report
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.render.json import load
from cozecheck.render.json import render as as_json
from cozecheck.render.surface import render
from cozecheck.surface import NO_SUCH_PATH, REFUSED, Standing, asking, choose, run, stand
from reference_server.app import create_app
from tests.reference import KEY, settings
from tests.render.test_json import VALIDATOR
from tests.servers import running

FILE = Operation("files.retrieve", "GET", "/files/{}")
MAKE = Operation("conversations.create", "POST", "/conversations")
THREADS = Operation("beta.threads.create", "POST", "/threads")


def answer(status: int, body: Any, path: str = "/v1/files/x") -> Exchange:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Exchange(Request("GET", f"http://server{path}"), Response(status, body=content))


def refusal(status: int, message: str, path: str = "/v1/files/x") -> Exchange:
    return answer(status, {"error": {"message": message, "type": "t", "param": None, "code": None}}, path)


CONTROL = refusal(404, f"Invalid URL (GET /v1{NO_SUCH_PATH})", f"/v1{NO_SUCH_PATH}")


@pytest.mark.parametrize(
    ("exchange", "standing"),
    [
        (answer(200, {"data": []}), Standing.HAS),
        (refusal(404, "No such File object: x"), Standing.HAS),
        (refusal(400, "Missing required parameter: 'input'."), Standing.HAS),
        (refusal(404, "Invalid URL (GET /v1/files/x)"), Standing.REFUSES),
        (refusal(405, "Not allowed"), Standing.REFUSES),
        (refusal(501, "Not implemented"), Standing.REFUSES),
        (refusal(401, "No key"), Standing.UNCLEAR),
        (refusal(429, "Too fast"), Standing.UNCLEAR),
        (refusal(500, "Boom"), Standing.MISHANDLES),
        (answer(307, b""), Standing.MISHANDLES),
        (answer(404, {"detail": "Not Found"}), Standing.MISHANDLES),
        (answer(404, b"<html>"), Standing.MISHANDLES),
        (answer(200, b"<html>"), Standing.MISHANDLES),
        (refusal(200, "An error in disguise"), Standing.MISHANDLES),
        (Exchange(Request("GET", "http://server/v1/files/x")), Standing.MISHANDLES),
        (
            Exchange(Request("GET", "http://server/v1/files/x"), failure=Failure(FailureKind.FIRST_BYTE, "silent")),
            Standing.MISHANDLES,
        ),
    ],
)
def test_an_answer_says_how_the_target_stands(exchange: Exchange, standing: Standing) -> None:
    assert stand(exchange, CONTROL)[0] is standing


def test_who_answers_everything_has_nothing() -> None:
    assert stand(answer(200, {}), answer(200, {}, f"/v1{NO_SUCH_PATH}"))[0] is Standing.MISHANDLES


def test_what_is_asked_is_about_nothing_that_exists_and_makes_nothing() -> None:
    assert asking(FILE).path == "/files/cozecheck-no-such-id"
    assert asking(FILE).json is None
    assert asking(MAKE).json == REFUSED


def test_operations_are_chosen_by_glob() -> None:
    assert choose((FILE, MAKE), ("files.*",)) == (FILE,)
    assert choose((FILE, MAKE), ()) == (FILE, MAKE)
    with pytest.raises(UsageError, match="no operation is called 'filez'"):
        choose((FILE, MAKE), ("filez",))


def surface(base_url: str, *operations: Operation) -> Report:
    async def ask() -> Report:
        async with Probe(Endpoint(base_url, KEY), Limits.within(3)) as probe:
            return await run(probe, operations, clock=time.time, concurrency=4)

    return asyncio.run(ask())


def test_the_bundled_server_has_some_and_refuses_the_rest_properly() -> None:
    models = Operation("models.list", "GET", "/models")
    with running(create_app(settings())) as base_url:
        report = surface(base_url, models, THREADS)
    assert [check.outcome for check in report.checks] == [Outcome.PASS, Outcome.UNSUPPORTED]
    assert report.exit_code == 0
    assert load(as_json(report)) == report
    VALIDATOR.validate(json.loads(as_json(report)))


def test_a_server_that_mishandles_what_it_lacks_is_told_so() -> None:
    with running(create_app(settings(), flaw="unknown-route-html")) as base_url:
        report = surface(base_url, Operation("models.list", "GET", "/models"), THREADS)
    assert report.exit_code == 1
    assert [finding.operation for finding in report.findings] == ["beta.threads.create"]
    assert "mishandles  beta.threads.create" in render(report)


def test_a_server_that_speaks_html_gives_no_verdict() -> None:
    async def page(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": b"<html></html>"})

    with running(page) as base_url, pytest.raises(NoVerdictError, match="never answers JSON"):
        surface(base_url, FILE)


def test_nobody_there_gives_no_verdict() -> None:
    with pytest.raises(NoVerdictError, match="cannot be asked"):
        surface("http://127.0.0.1:9/v1", FILE)
