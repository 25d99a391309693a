import asyncio
from typing import cast

import httpx2
import pytest

from reference_server.app import Application, create_app
from tests.reference_server.asking import app, ask, chat, post
from tests.reference_server.upstreams import settings

OPEN = "application/openmetrics-text; version=1.0.0"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_the_operator_needs_no_key(path: str) -> None:
    assert ask(app(keys=("sk-right",)), "GET", path).status_code == 200


def test_a_server_that_drains_lives_and_is_not_ready() -> None:
    server = cast("Application", app())
    assert ask(server, "GET", "/readyz").json() == {"status": "ready"}
    server.drain()
    refusal = ask(server, "GET", "/readyz")
    assert (refusal.status_code, refusal.json()) == (503, {"status": "draining"})
    assert ask(server, "GET", "/healthz").json() == {"status": "ok"}


def test_a_server_without_an_engine_is_not_ready() -> None:
    nobody = settings("http://127.0.0.1:9/v1").model_copy(update={"health_check": None})
    server = create_app(nobody)
    for _ in range(3):
        server._rooms.fleet.probed("base", good=False)
    refusal = ask(server, "GET", "/readyz")
    assert (refusal.status_code, refusal.json()) == (503, {"status": "no engine is up"})
    gauges = ask(server, "GET", "/metrics").text
    assert 'coze_adapter_engine_state{engine="base"} 2.0' in gauges.splitlines()


def test_requests_through_the_server_are_counted() -> None:
    server = app()
    post(server, chat("Count to 3"))
    post(server, chat("Count to 3", stream=True))
    post(server, chat(model="nope"))
    lines = ask(server, "GET", "/metrics").text.splitlines()
    for line in (
        'coze_adapter_request_success_total{finished_reason="stop"} 2.0',
        'coze_adapter_request_failure_total{error_type="model_not_found"} 1.0',
        'coze_adapter_upstream_requests_total{engine="base",status="200"} 2.0',
        'coze_adapter_num_requests_running{engine="base"} 0.0',
        'coze_adapter_queue_depth{engine="base"} 0.0',
        "coze_adapter_time_to_first_token_seconds_count 1.0",
    ):
        assert line in lines


def test_openmetrics_is_spoken_where_it_is_asked_for() -> None:
    answer = ask(app(), "GET", "/metrics", {"accept": OPEN})
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def test_the_event_loop_is_watched() -> None:
    async def count() -> str:
        transport = httpx2.ASGITransport(app=app())
        async with httpx2.AsyncClient(transport=transport, base_url="http://server") as client:
            for _ in range(100):
                text = (await client.get("/metrics")).text
                if 'overhead_seconds_count{phase="accept_wait"}' in text:
                    return text
                await asyncio.sleep(0.05)
        return ""

    assert asyncio.run(count())
