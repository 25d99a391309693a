"""Batches: run in the background, through our own endpoints."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import httpx2
import pytest

from reference_server.protocol.openai_batches import parse_lines
from reference_server.state import MemoryStore
from tests.reference_server.asking import Json, app, chat

CHAT = "/v1/chat/completions"


def line(custom_id: str, url: str = CHAT, **changes: Any) -> Json:
    return {"custom_id": custom_id, "method": "POST", "url": url, "body": chat(max_tokens=4, **changes)}


def content(*lines: Any) -> bytes:
    return "\n".join(json.dumps(each) for each in lines).encode()


@asynccontextmanager
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app()), base_url="http://server/v1") as made:
        yield made


async def begin(client: httpx2.AsyncClient, file: bytes, **changes: Any) -> Json:
    upload = await client.post("/files", data={"purpose": "batch"}, files={"file": ("in.jsonl", file)})
    asked = {"input_file_id": upload.json()["id"], "endpoint": CHAT, "completion_window": "24h", **changes}
    made = await client.post("/batches", json=asked)
    return dict(made.json())


async def finished(client: httpx2.AsyncClient, batch: Json) -> Json:
    async with asyncio.timeout(10):
        while batch["status"] not in ("completed", "failed", "cancelled"):
            await asyncio.sleep(0)
            batch = (await client.get(f"/batches/{batch['id']}")).json()
    return batch


async def results(client: httpx2.AsyncClient, file: str) -> dict[str, Json]:
    got = await client.get(f"/files/{file}/content")
    return {value["custom_id"]: value["response"] for value in map(json.loads, got.text.splitlines())}


def test_a_batch_answers_every_line_and_survives_those_that_are_wrong() -> None:
    async def run() -> tuple[Json, dict[str, Json], dict[str, Json]]:
        async with client() as asking:
            lines = [line("a"), line("b", temperature="hot"), line("c", model="nobody"), line("d", stream=True)]
            batch = await finished(asking, await begin(asking, content(*lines), metadata={"for": "test"}))
            files = [await results(asking, batch[key]) for key in ("output_file_id", "error_file_id")]
            return batch, files[0], files[1]

    batch, output, errors = asyncio.run(run())
    assert (batch["status"], batch["metadata"]) == ("completed", {"for": "test"})
    assert batch["request_counts"] == {"total": 4, "completed": 1, "failed": 3}
    assert output["a"]["body"]["object"] == "chat.completion"
    assert batch["usage"]["total_tokens"] == output["a"]["body"]["usage"]["total_tokens"]
    assert {name: response["status_code"] for name, response in errors.items()} == {"b": 400, "c": 404, "d": 400}
    assert all(set(response["body"]) == {"error"} for response in errors.values())


@pytest.mark.parametrize("seed", range(4))
def test_answers_that_overtake_each_other_are_all_counted(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    change, delays = MemoryStore.change, Random(seed)

    async def slowly(store: MemoryStore, *given: Any) -> Json | None:
        await asyncio.sleep(delays.random() / 20)
        return await change(store, *given)

    async def run() -> Json:
        async with client() as asking:
            return await finished(asking, await begin(asking, content(*(line(str(number)) for number in range(9)))))

    monkeypatch.setattr(MemoryStore, "change", slowly)
    assert asyncio.run(run())["request_counts"] == {"total": 9, "completed": 9, "failed": 0}


def test_a_batch_can_be_cancelled_before_it_begins() -> None:
    async def run() -> tuple[Json, Json]:
        async with client() as asking:
            batch = await begin(asking, content(line("a")))
            stopped = (await asking.post(f"/batches/{batch['id']}/cancel")).json()
            return stopped, await finished(asking, stopped)

    stopped, batch = asyncio.run(run())
    assert stopped["status"] in ("cancelling", "cancelled")
    assert batch["status"] == "cancelled"


def test_a_batch_over_a_broken_file_fails_and_says_where() -> None:
    async def run() -> Json:
        async with client() as asking:
            return await finished(asking, await begin(asking, content(line("a"), {"custom_id": "b"})))

    batch = asyncio.run(run())
    assert batch["status"] == "failed"
    assert [fault["line"] for fault in batch["errors"]["data"]] == [2]


@pytest.mark.parametrize(
    ("change", "status", "param"),
    [
        ({"input_file_id": "file-x"}, 404, "id"),
        ({"endpoint": "/v1/nothing"}, 400, "endpoint"),
        ({"completion_window": "1h"}, 400, "completion_window"),
        ({"metadata": {"a": 1}}, 400, "metadata.a"),
    ],
)
def test_a_wrong_batch_is_refused(change: Json, status: int, param: str) -> None:
    async def run() -> Json:
        async with client() as asking:
            return await begin(asking, content(line("a")), **change)

    assert asyncio.run(run())["error"]["param"] == param


@pytest.mark.parametrize(
    ("file", "codes"),
    [
        (b"", ["empty_file"]),
        (b"{", ["invalid_json_line"]),
        (content(line("a"), line("a")), ["duplicate_custom_id"]),
        (content(line("a", url="/v1/embeddings")), ["mismatched_url"]),
        (content({"custom_id": "a"}), ["missing_required_parameter"]),
    ],
)
def test_faults_of_lines_have_codes(file: bytes, codes: list[str]) -> None:
    _, faults = parse_lines(file, CHAT)
    assert [fault.code for fault in faults] == codes
