"""What is wrong with a server under load is found, and named in result.json."""

import asyncio
import json
from pathlib import Path
from typing import Any

from generator.failure import Kind
from tests.locustfiles.odd import HEAD, Call, chunk, event, serving, stream, well
from tests.locustfiles.pressing import pressed


def observed(result: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each for each in result["observations"] if each["kind"] == kind]


def test_every_way_to_fail_is_counted_by_kind(tmp_path: Path) -> None:
    odd = {3: Kind.CUT, 5: Kind.MALFORMED, 7: "status 503"}
    done: dict[str, int] = {}

    async def behave(call: Call) -> None:
        kind = odd.get(call.number % 10, "")
        done[kind] = done.get(kind, 0) + 1
        if kind == Kind.CUT:
            await call.send(HEAD + chunk(event("a")))
            call.writer.close()
        elif kind == Kind.MALFORMED:
            await call.send(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        elif kind:
            await call.send(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")
        else:
            await well(call)
        await asyncio.sleep(0.005)

    with serving(behave) as server:
        result = pressed(tmp_path, server.base_url)
    assert {each["kind"]: each["count"] for each in result["errors"]} == {kind: done[kind] for kind in odd.values()}
    totals = result["totals"]
    assert totals["finished"] == server.calls == sum(done.values())
    assert totals["failed"] == totals["finished"] - done[""]
    assert totals["canaries_returned"] == done[""]


def test_two_streams_that_were_swapped_are_cross_talk(tmp_path: Path) -> None:
    waiting: list[tuple[Call, asyncio.Event]] = []

    async def behave(call: Call) -> None:
        """Once in 50 requests, two that are in flight get each other's answer."""
        if call.number % 50 in (0, 1):
            met = asyncio.Event()
            waiting.append((call, met))
            if len(waiting) % 2:
                await asyncio.wait_for(met.wait(), 5)
                return
            other, told = waiting[-2]
            await stream(call, [other.canary, " x"])
            await stream(other, [call.canary, " x"])
            told.set()
            return
        await well(call)
        await asyncio.sleep(0.01)

    with serving(behave) as server:
        result = pressed(tmp_path, server.base_url, sample=0.0)
    swapped = len(waiting) // 2 * 2
    assert swapped
    assert {each["kind"]: each["count"] for each in result["errors"]}.get(Kind.CROSS_TALK) == swapped
    assert [each["count"] for each in observed(result, "cross-talk")] == [swapped]
    crossing = result["crossings"][0]
    assert crossing["own"] != crossing["foreign"]
    # The proof is kept, though nothing was to be sampled.
    samples = [json.loads(line) for line in (tmp_path / "samples.jsonl").read_text().splitlines()]
    assert len(samples) == swapped
    assert all(crossing["foreign"] in sample["response"]["body"] for sample in samples[:1])


def test_streams_that_break_above_a_number_of_connections(tmp_path: Path) -> None:
    async def behave(call: Call) -> None:
        if call.server.in_flight > 100:
            await call.send(HEAD + chunk(event("a")) + b"0\r\n\r\n")
        else:
            await stream(call, [call.canary, " so"], first=0.2)

    stages = [{"seconds": 2, "users": 60}, {"seconds": 3, "users": 140}]
    with serving(behave) as server:
        result = pressed(tmp_path, server.base_url, shape={"kind": "closed", "stages": stages})
    [found] = observed(result, "concurrency")
    assert 90 <= found["in_flight"] <= 110
    assert found["share"] > 0.2
    assert "in flight" in found["words"]


def test_one_percent_that_is_late(tmp_path: Path) -> None:
    async def behave(call: Call) -> None:
        await stream(call, [call.canary, " so"], first=2.5 if call.number % 100 == 50 else 0.02)

    with serving(behave) as server:
        shape = {"kind": "closed", "stages": [{"seconds": 8, "users": 8}]}
        result = pressed(tmp_path, server.base_url, shape=shape)
    [found] = observed(result, "late")
    assert found["metric"] == "ttft"
    assert 0.002 < found["share"] < 0.03


def test_a_sound_server_is_left_in_peace(tmp_path: Path) -> None:
    async def behave(call: Call) -> None:
        await stream(call, [call.canary, " so"], first=0.02, gap=0.01, end=b"\r\n\r\n")

    with serving(behave) as server:
        result = pressed(tmp_path, server.base_url)
    assert (result["errors"], result["crossings"], observed(result, "cross-talk")) == ([], [], [])
    assert result["totals"]["finished"] == server.calls > 20
    assert result["ended"] is True
