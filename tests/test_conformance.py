"""A live run: its plan, its budget, its end, and what it makes of a target that dies or misbehaves."""

import asyncio
import gzip
import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import pytest

from cozecheck import scenarios
from cozecheck.checks import ALL
from cozecheck.checks.registry import select
from cozecheck.conformance import Course, Plan, plan, run
from cozecheck.errors import NoVerdictError
from cozecheck.findings import CheckResult, Finding, Outcome, Report
from cozecheck.meeting import Met
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.scenarios import Scenario, Send, Subject
from cozecheck.scenarios.sending import Steps
from cozecheck.spending import SILENCE, Budget
from reference_server.app import create_app
from tests import suite
from tests.probe import hostile
from tests.probe.hostile import Reader, Writer, answer
from tests.reference import KEY, settings
from tests.servers import running
from tests.test_meeting import HELLO, MODELS, body, error

MET = Met(Subject("m"), 2, 20)
HASTY = Limits(connect=0.5, first_byte=0.3, idle=0.3, total=0.6, body=200_000, events=50)


def steps(*sends: Send) -> Callable[[Subject], Steps]:
    def play(_subject: Subject) -> Steps:
        for send in sends:
            exchange = yield send
            assert exchange.name == send.name

    return play


def asking(id: str, *draws: str, tokens: int = 1, times: int = 1) -> Scenario:
    json = {"max_tokens": tokens, "messages": []}
    return Scenario(id, "", draws, steps(*(Send(f"{id} {number}", json=json) for number in range(times))))


def judged(
    base_url: str, chosen: Sequence[Scenario] = scenarios.ALL, course: Course | None = None, limits: Limits = HASTY
) -> Report:
    async def judge() -> Report:
        async with Probe(Endpoint(base_url, KEY), limits) as probe:
            return await run(probe, chosen, ALL, suite.MODEL, 0, course or Course(time.time))

    return asyncio.run(judge())


# The plan and its budget


def test_scenarios_are_chosen_that_draw_out_what_is_looked_at() -> None:
    checks = select(ALL, ["usage.plausible"])
    chosen = plan([asking("a", "chat"), asking("b", "usage"), asking("c", "usage.pl*")], checks, MET, Budget())
    assert [each.id for each in chosen.scenarios] == ["b", "c"]


def test_a_family_does_not_draw_out_the_family_whose_name_begins_like_it() -> None:
    checks = select(ALL, ["chat.stream"])
    assert plan([asking("a", "chat")], checks, MET, Budget()).scenarios == ()


def test_what_goes_over_the_budget_is_left_out() -> None:
    small, large, many = asking("small", "chat"), asking("large", "chat", tokens=500), asking("many", "chat", times=9)
    everything = plan([small, large, many], ALL, MET, Budget())
    assert (everything.requests, everything.left_out) == (2 + 1 + 1 + 9, ())
    assert plan([many, large, small], ALL, MET, Budget(requests=4)).left_out == ("many",)
    assert plan([many, large, small], ALL, MET, Budget(tokens=300)).left_out == ("large",)
    assert plan([many, large, small], ALL, MET, Budget(requests=3, tokens=300)).left_out == ("many", "large")


def test_no_more_is_sent_than_is_planned() -> None:
    planned: list[Plan] = []
    seen: list[str] = []
    with running(create_app(settings())) as base_url:
        course = Course(time.time, planned=planned.append, progress=seen.append)
        report = judged(base_url, course=course, limits=Limits.within(suite.PATIENCE))
    assert report.run.requests == len(seen) <= planned[0].requests
    assert report.run.tokens <= planned[0].tokens
    assert report.exit_code == 0


@pytest.mark.parametrize("budget", [Budget(requests=2), Budget(tokens=10)])
def test_a_budget_too_small_for_first_contact_sends_nothing(budget: Budget) -> None:
    with pytest.raises(NoVerdictError, match="the budget is too small"):
        judged("http://127.0.0.1:9/v1", course=Course(time.time, budget=budget))


def test_a_budget_too_small_for_any_scenario_is_no_verdict() -> None:
    with running(create_app(settings())) as base_url, pytest.raises(NoVerdictError, match="nothing would be"):
        judged(base_url, [asking("a", "chat", times=9)], Course(time.time, budget=Budget(requests=5)))


def test_retries_stay_within_the_budget() -> None:
    busy = error("429 Too Many Requests", "slow down")
    report, server = against(replying(busy), [asking("a", "chat")], Course(time.time, budget=Budget(requests=4)))
    assert report.run.requests == server.requests == 4


def test_the_other_models_are_asked_that_were_named() -> None:
    planned: list[Plan] = []
    course = Course(time.time, models={"embedding_model": "mine"}, planned=planned.append)
    against(replying(body(HELLO)), [asking("a", "chat")], course)
    assert planned[0].subject.embedding_model == "mine"


def test_an_answer_that_costs_more_than_was_asked_for_ends_the_run() -> None:
    greedy = body(HELLO | {"usage": {"total_tokens": 5_000}})
    chosen = [asking("a", "chat", times=50)]
    report, server = against(replying(greedy), chosen, Course(time.time, concurrency=1, budget=Budget(tokens=2_000)))
    assert server.requests == 3
    assert report.notes == ("the run ended early: the budget is spent: 3 requests, 5007 tokens",)
    assert report.run.interrupted


# Targets that answer first contact, and then do as they like


@dataclass
class Target:
    """A server: first contact is answered as it should be, then it is the *then*'s turn."""

    then: Callable[[int, bytes, Reader, Writer], Any]
    requests: int = 0

    async def __call__(self, reader: Reader, writer: Writer) -> None:
        while True:
            request = await hostile.asked(reader)
            self.requests += 1
            if self.requests <= 2:
                writer.write(body(MODELS if request.startswith(b"GET") else HELLO))
                await writer.drain()
            else:
                await self.then(self.requests, request, reader, writer)


def replying(reply: bytes) -> Target:
    async def then(_number: int, _request: bytes, _reader: Reader, writer: Writer) -> None:
        writer.write(reply)
        await writer.drain()

    return Target(then)


def against(
    target: Target, chosen: Sequence[Scenario] = scenarios.ALL, course: Course | None = None
) -> tuple[Report, Target]:
    async def judge() -> Report:
        async with hostile.serving(target) as base_url, Probe(Endpoint(base_url, KEY), HASTY) as probe:
            return await run(probe, chosen, ALL, suite.MODEL, 0, course or Course(time.time))

    return asyncio.run(judge()), target


def test_a_target_that_goes_away_ends_the_run_without_a_verdict() -> None:
    async def judge() -> Report:
        async def then(number: int, _request: bytes, _reader: Reader, writer: Writer) -> None:
            writer.write(body(HELLO).replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n", 1))
            await writer.drain()
            if number == 30:
                listening.close()
            raise OSError

        target = Target(then)
        chosen = [asking(f"s{number}", "transport", times=20) for number in range(9)]
        listening = await asyncio.start_server(_closing(target), "127.0.0.1", 0)
        base_url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
        async with listening, Probe(Endpoint(base_url, KEY), HASTY) as probe:
            checks = select(ALL, ["transport.responds", "transport.body-complete"])
            return await run(probe, chosen, checks, suite.MODEL, 0, Course(time.time, concurrency=1))

    report = asyncio.run(judge())
    assert report.notes == (f"the run ended early: {SILENCE} requests in a row had no response",)
    assert report.run.requests == 30 + SILENCE
    assert (report.exit_code, report.findings) == (3, ())
    assert [check.judged for check in report.checks] == [28, 28]


def _closing(target: Target) -> Callable[[Reader, Writer], Any]:
    async def handle(reader: Reader, writer: Writer) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            try:
                await target(reader, writer)
            finally:
                writer.close()

    return handle


def test_a_target_that_falls_silent_ends_the_run_and_is_found_out() -> None:
    async def then(_number: int, _request: bytes, _reader: Reader, _writer: Writer) -> None:
        raise OSError

    report, target = against(Target(then))
    assert SILENCE <= report.run.requests - 2 < SILENCE + 8
    assert target.requests >= SILENCE
    assert report.run.interrupted
    assert report.exit_code == 1
    assert {"transport.body-complete"} <= failed(report)


def failed(report: Report) -> set[str]:
    return {finding.id for finding in report.findings if finding.outcome is Outcome.FAIL}


JSON = b"content-type: application/json"
DEEP = b'{"a":' * 10_000 + b"1" + b"}" * 10_000
EVENTS = hostile.STREAM_HEAD + b'data: {"choices":[]}\n\n'
BAD_MANNERS: tuple[bytes | hostile.Behaviour, ...] = (
    b"",
    EVENTS,
    answer(json.dumps(HELLO).encode().replace(b"7", b"NaN"), JSON),
    answer(DEEP, JSON),
    answer(gzip.compress(bytes(40_000_000), 9), JSON, b"content-encoding: gzip"),
    answer(b'{"a": "\xff\xfe"}', JSON),
    answer(b"\x00" * 1000, b"content-type: text/event-stream"),
    answer(b'{"id": "\\ud800", "choices": [{"message": {"content": "\\udfff"}}]}', JSON),
    hostile.repeating(EVENTS, b'data: {"choices":[]}\n\n'),
    hostile.repeating(answer(b"", length=2**31), bytes(hostile.PIECE)),
    hostile.resetting_after(EVENTS),
    answer(b"<html>", status=b"502 Bad Gateway"),
    answer(b'data: {"a"', b"content-type: text/event-stream", length=100),
    answer(b"[]", JSON),
    answer(b"null", JSON, status=b"500 Oh"),
    b"HTTP/1.1 999 \r\n\r\n",
)


def test_a_hostile_target_costs_findings_and_a_bounded_time_never_the_run() -> None:
    manners = cycle(BAD_MANNERS)

    async def then(_number: int, _request: bytes, reader: Reader, writer: Writer) -> None:
        manner = next(manners)
        if isinstance(manner, bytes):
            writer.write(manner)
            await writer.drain()
            if manner in (b"", EVENTS):
                await asyncio.Event().wait()
            raise OSError
        await manner(_again(_request), writer)

    report, _ = against(Target(then))
    assert report.exit_code == 1
    assert [check.id for check in report.checks if check.outcome is Outcome.ERROR] == []
    assert not report.run.interrupted
    assert {"transport.responds", "transport.body-complete", "transport.bounded", "transport.json-strict"} <= failed(
        report
    )


def _again(request: bytes) -> Reader:
    """Give a request that was read to somebody who wants to read it himself."""
    reader = asyncio.StreamReader()
    reader.feed_data(request)
    return reader


# The end


def test_what_was_done_before_an_interruption_is_kept() -> None:
    async def judge(base_url: str) -> Report:
        task: asyncio.Task[Report]

        def progress(what: str) -> None:
            if what == "b":
                task.cancel()

        async with Probe(Endpoint(base_url, KEY), HASTY) as probe:
            chosen = [asking("a", "transport"), asking("b", "transport"), asking("c", "transport")]
            course = Course(time.time, concurrency=1, progress=progress)
            task = asyncio.create_task(run(probe, chosen, ALL, suite.MODEL, 0, course))
            return await task

    with running(create_app(settings())) as base_url:
        report = asyncio.run(judge(base_url))
    assert report.run.interrupted
    assert report.run.requests == 4
    assert report.exit_code in (1, 3)


def test_a_scenario_that_was_broken_off_is_not_read_as_a_whole() -> None:
    chosen = [each for each in scenarios.ALL if each.id == "chat.twice"]
    budget = Budget(tokens=2_000)
    greedy = body(HELLO | {"usage": {"total_tokens": 5_000}})
    report, target = against(replying(greedy), chosen, Course(time.time, budget=budget))
    assert target.requests == 3
    judged = {check.id: check.judged for check in report.checks}
    assert judged["transport.responds"] == 1
    assert judged["chat.id-unique"] == 0


def test_order_and_concurrency_do_not_matter() -> None:
    one, eight = suite.judge(concurrency=1), suite.judge(concurrency=8)
    assert [_outcome(each) for each in one.checks] == [_outcome(each) for each in eight.checks]


def test_findings_do_not_depend_on_concurrency() -> None:
    one, eight = (suite.judge("chat-object-wrong", concurrency=each) for each in (1, 8))
    assert [_place(each) for each in one.findings] == [_place(each) for each in eight.findings]
    assert len(one.findings) > 1


def _outcome(check: CheckResult) -> tuple[str, Outcome]:
    # Not how often it was judged: answers differ, and a shorter one is cut more seldom.
    return check.id, check.outcome


def _place(finding: Finding) -> tuple[str, str, str, str, str]:
    return finding.id, finding.scenario, finding.exchange, finding.at, finding.expected


def test_the_seed_is_what_varies() -> None:
    def sent(seed: int) -> list[bytes]:
        return [send.body for each in scenarios.ALL for send in each.plan(Subject("m", seed))]

    assert sent(1) == sent(1)
    assert sent(1) != sent(2)
