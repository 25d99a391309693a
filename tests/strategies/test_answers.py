"""What is drawn, put to the bundled server without a socket."""

import asyncio
from collections.abc import Callable

import httpx2
import pytest
from hypothesis.strategies import SearchStrategy

from cozecheck.scenarios.sending import Subject
from cozecheck.strategies import OPERATIONS, Case, Known, illegal, legal
from tests.reference_server.asking import app
from tests.strategies.samples import SUBJECT, sample

Draw = Callable[[str, Subject, Known], SearchStrategy[Case]]
ENDS = (b"data: [DONE]\n\n", b'"type":"response.completed"', b'"type":"response.incomplete"')
BATCH = b'{"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": {"model": "gpt-4o-mini"}}'


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_bundled_server_takes_what_is_legal(name: str) -> None:
    for case, answer in _answered(legal, name):
        if answer.status_code >= 400:
            assert answer.status_code == 400
            assert _param(answer) in _names(case), (case, answer.text)
        elif "text/event-stream" in answer.headers["content-type"]:
            assert any(end in answer.content[-20_000:] for end in ENDS), case


@pytest.mark.parametrize("name", OPERATIONS)
def test_the_bundled_server_refuses_what_is_not(name: str) -> None:
    for case, answer in _answered(illegal, name):
        assert case.broken
        if answer.status_code < 300:
            assert not case.broken.decides, case
        else:
            assert answer.status_code in case.broken.statuses, (case, answer.text)
            assert not case.param or _param(answer) == case.param, (case, answer.text)


def _param(answer: httpx2.Response) -> str | None:
    param: str | None = answer.json()["error"]["param"]
    return param


def _names(case: Case) -> set[str | None]:
    """The parameters of a request; of forms none is refused."""
    return {*(case.send.json or {})}


def _answered(draw: Draw, name: str) -> list[tuple[Case, httpx2.Response]]:
    return asyncio.run(_ask_all(draw, name))


async def _ask_all(draw: Draw, name: str) -> list[tuple[Case, httpx2.Response]]:
    transport = httpx2.ASGITransport(app=app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://server/v1") as client:
        cases = sample(draw(name, SUBJECT, await _known(client)), 60)
        return [(case, await _ask(client, case)) for case in cases]


async def _known(client: httpx2.AsyncClient) -> Known:
    """Make a conversation and upload a file, for requests to speak of."""
    conversation = await client.post("/conversations", json={})
    files = {"file": ("requests.jsonl", BATCH)}
    file = await client.post("/files", data={"purpose": "batch"}, files=files)
    return Known(conversation.json()["id"], file.json()["id"])


async def _ask(client: httpx2.AsyncClient, case: Case) -> httpx2.Response:
    send = case.send
    headers = {"content-type": "application/json", **dict(send.headers)}
    return await client.request(send.method, send.path, content=send.body, headers=headers)
