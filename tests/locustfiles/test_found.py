"""What is wrong with a server under load is found, and named in result.json."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

from generator.failure import Kind
from tests.locustfiles.odd import HEAD, Call, chunk, event, serving, stream, well
from tests.locustfiles.pressing import PATIENCE, order, pressed, started


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


class Swapping:
    """Answers well, but for two in so many requests: they get each other's answer."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._first: tuple[Call, asyncio.Event] | None = None
        self.swapped = 0

    async def __call__(self, call: Call) -> None:
        if call.number % self._every < self._every - 2:
            await well(call)
        elif self._first is None:
            self._first = call, asyncio.Event()
            await asyncio.wait_for(self._first[1].wait(), 30)
        else:
            (other, met), self._first = self._first, None
            await stream(call, [other.canary, " x"])
            await stream(other, [call.canary, " x"])
            self.swapped += 2
            met.set()


def test_two_streams_that_were_swapped_are_cross_talk(tmp_path: Path) -> None:
    swapping = Swapping(50)
    with serving(swapping) as server:
        result = pressed(tmp_path, server.base_url, sample=0.0)
    assert swapping.swapped
    assert {each["kind"]: each["count"] for each in result["errors"]}.get(Kind.CROSS_TALK) == swapping.swapped
    assert [each["count"] for each in observed(result, "cross-talk")] == [swapping.swapped]
    crossing = result["crossings"][0]
    assert crossing["own"] != crossing["foreign"]
    # The proof is kept, though nothing was to be sampled.
    samples = [json.loads(line) for line in (tmp_path / "samples.jsonl").read_text().splitlines()]
    assert len(samples) == swapping.swapped
    assert all(crossing["foreign"] in sample["response"]["body"] for sample in samples[:1])


def test_two_streams_swapped_once_in_ten_thousand_are_found(tmp_path: Path) -> None:
    swapping = Swapping(10_000)
    with serving(swapping) as server:
        shape = {"kind": "closed", "stages": [{"seconds": PATIENCE, "users": 8}]}
        process = started(order(tmp_path, server.base_url, shape=shape))
        while server.calls < 10_050 and process.poll() is None:
            time.sleep(0.05)
        process.terminate()
        process.communicate(timeout=PATIENCE)
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["totals"]["finished"] > 10_000
    assert {each["kind"]: each["count"] for each in result["errors"]} == {Kind.CROSS_TALK: 2}
    assert [each["count"] for each in observed(result, "cross-talk")] == [2]


def test_streams_that_break_above_a_number_of_connections(tmp_path: Path) -> None:
    async def behave(call: Call) -> None:
        if call.server.in_flight > 100:
            await call.send(HEAD + chunk(event("a")) + b"0\r\n\r\n")
        else:
            await stream(call, [call.canary, " so"], first=0.2)

    # Who comes in a burst may be served in any order: the last burst begins just below.
    stages = [{"seconds": 2, "users": 60}, {"seconds": 1, "users": 95}, {"seconds": 3, "users": 140}]
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
