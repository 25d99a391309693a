"""A replay on real sockets: ids carried over, bounds held, what is skipped, what is found."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from cozecheck import diff
from cozecheck.errors import NoVerdictError
from cozecheck.findings import Outcome, Report
from cozecheck.render.json import load, render
from cozecheck.replay import Course, plan
from cozecheck.replay.polling import LOOKS
from tests.examples import asking, chat_body, choice, error
from tests.render.test_json import SCHEMA
from tests.replay.cassettes import KEY, Asked, recorded, replayed, serving, source
from tests.response_examples import call, response, said
from tests.servers import running

CALL = recorded(
    {"model": "gpt-4o", "input": "Weather?"}, response(call(call_id="call_was1"), id="resp_was1"), path="/responses"
)
RESULT = recorded(
    {
        "model": "gpt-4o",
        "previous_response_id": "resp_was1",
        "input": [{"type": "function_call_output", "call_id": "call_was1", "output": "Sunny."}],
    },
    response(said("Sunny."), id="resp_was2", previous_response_id="resp_was1"),
    path="/responses",
)
LOOK = recorded(None, response(said("Sunny."), id="resp_was2"), path="/responses/resp_was2", method="GET")


def outcome(report: Report, id: str) -> Outcome:
    return next(each.outcome for each in report.checks if each.id == id)


def counts(report: Report) -> tuple[int, int, int]:
    return report.replay.read, report.replay.sent, report.replay.compared


def begun(id: str) -> dict[str, Any]:
    return response(id=id, status="in_progress")


def ended(id: str) -> dict[str, Any]:
    return response(said("Sunny."), id=id)


def plain(asked: Asked) -> tuple[int, Any]:
    return 200, chat_body(choice("Hello there."))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)], ids=["as recorded", "backwards"])
def test_ids_are_carried_over_three_requests(order: tuple[int, ...], tmp_path: Path) -> None:
    answers = {
        ("POST", "resp_now0"): response(call(call_id="call_now1"), id="resp_now1"),
        ("POST", "resp_now1"): response(said("Sunny."), id="resp_now2"),
    }

    def answer(asked: Asked) -> tuple[int, Any]:
        previous = asked.body.get("previous_response_id", "resp_now0") if asked.body else ""
        return 200, answers.get((asked.method, previous), response(said("Sunny."), id="resp_now2"))

    recordings = source(*([CALL, RESULT, LOOK][place] for place in order))
    with serving(answer) as (target, base_url):
        report = replayed(recordings, base_url, tmp_path / "j", checks=(), models={"gpt-4o": "coze-pro"})
    first, second, third = target.asked
    assert first.body["model"] == "coze-pro"
    assert second.body["previous_response_id"] == "resp_now1"
    assert second.body["input"][0]["call_id"] == "call_now1"
    assert third.path == "/responses/resp_now2"
    assert counts(report) == (3, 3, 3)


def test_what_waits_for_an_id_that_did_not_come_is_skipped(tmp_path: Path) -> None:
    with serving(lambda _: (200, response(said("No call."), id="resp_now1"))) as (target, base_url):
        report = replayed(source(CALL, RESULT, LOOK), base_url, tmp_path / "j", checks=())
    assert len(target.asked) == 1
    (left,) = report.replay.skipped
    assert (left.reason, left.examples) == ("the answer that gives what it needs did not give it", ("1", "2"))


@pytest.mark.parametrize("ready", [3, 99], ids=["soon", "never"])
def test_what_had_ended_is_looked_at_until_it_has(ready: int, tmp_path: Path) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    def answer(asked: Asked) -> tuple[int, Any]:
        done = len(target.asked) > ready
        return 200, ended("resp_now1") if done else begun("resp_now1")

    made = recorded({"model": "gpt-4o", "input": "Hi", "background": True}, begun("resp_was1"), path="/responses")
    looked = recorded(None, ended("resp_was1"), path="/responses/resp_was1", method="GET")
    with serving(answer) as (target, base_url):
        course = Course(time.time, sleep=sleep)
        report = replayed(source(made, looked), base_url, tmp_path / "j", checks=(), course=course)
    assert len(slept) == min(ready - 1, len(LOOKS))
    assert len(target.asked) == 2 + len(slept)
    assert bool(report.findings) is (ready > len(LOOKS))


def test_our_key_is_sent_and_never_the_recorded_one(tmp_path: Path) -> None:
    with serving(plain) as (target, base_url):
        replayed(source(recorded(asking(), chat_body())), base_url, tmp_path / "j", checks=())
    assert target.asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_no_more_are_asked_at_once_than_allowed(tmp_path: Path) -> None:
    recordings = source(*(recorded(asking(f"{number}"), chat_body()) for number in range(20)))
    course = Course(time.time, concurrency=3)
    with serving(plain) as (target, base_url):
        replayed(recordings, base_url, tmp_path / "j", checks=(), course=course)
    assert len(target.asked) == 20
    assert 1 < target.most_at_once <= 3


def test_recorded_gaps_are_kept(tmp_path: Path) -> None:
    now, slept = [0.0], []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    recordings = source(*(recorded(asking(), chat_body(), at=at) for at in (10.0, 11.0, 15.0)))
    course = Course(lambda: now[0], sleep=sleep, speed=2.0)
    with serving(plain) as (_, base_url):
        replayed(recordings, base_url, tmp_path / "j", checks=(), course=course)
    assert slept == [0.5, 2.0]


def test_a_difference_names_its_rule_and_shows_both_sides(tmp_path: Path) -> None:
    recordings = source(recorded(asking(), chat_body(choice("Hello there.", finish="stop"))))
    with serving(lambda _: (200, chat_body(choice("Hello there.", finish="length")))) as (_, base_url):
        report = replayed(recordings, base_url, tmp_path / "j", checks=())
    (finding,) = report.findings
    assert finding.id == "diff.finish.reason"
    assert (finding.expected, finding.actual) == ("stop", "length")
    assert (finding.outcome, finding.exchange) == (Outcome.FAIL, "0")
    assert report.exit_code == 1


def test_a_model_of_another_name_is_no_difference(tmp_path: Path) -> None:
    recordings = source(recorded(asking(model="gpt-4o"), chat_body(model="gpt-4o-2024-08-06")))
    with serving(lambda asked: (200, chat_body(model=asked.body["model"]))) as (_, base_url):
        report = replayed(recordings, base_url, tmp_path / "j", checks=(), models={"gpt-4o": "coze-pro"})
    assert report.findings == ()
    assert report.exit_code == 0


def test_checks_judge_every_answer_of_the_candidate(tmp_path: Path) -> None:
    recordings = source(recorded(asking(), chat_body()))
    with serving(lambda _: (200, chat_body(object="completion"))) as (_, base_url):
        report = replayed(recordings, base_url, tmp_path / "j")
    assert outcome(report, "chat.object") is Outcome.FAIL


def test_a_refusal_that_was_not_the_originals_breaks(tmp_path: Path) -> None:
    recordings = source(recorded(asking(), chat_body()))
    with serving(lambda _: (400, error("no"))) as (_, base_url):
        report = replayed(recordings, base_url, tmp_path / "j", checks=())
    assert outcome(report, "diff.status.outcome") is Outcome.FAIL


def test_what_the_original_could_not_answer_is_judged_and_not_compared(tmp_path: Path) -> None:
    recordings = source(recorded(asking(), error("slow down"), status=429), recorded(asking(), chat_body()))
    with serving(plain) as (_, base_url):
        report = replayed(recordings, base_url, tmp_path / "j", checks=())
    assert counts(report) == (2, 2, 1)
    assert [(left.count, left.examples) for left in report.replay.uncompared] == [(1, ("0",))]
    assert report.exit_code == 0


def test_a_run_in_which_nothing_is_compared_is_no_pass(tmp_path: Path) -> None:
    recordings = source(recorded(asking(), error("slow down"), status=429))
    with serving(plain) as (_, base_url):
        report = replayed(recordings, base_url, tmp_path / "j", checks=())
    assert (report.exit_code, report.verdict) == (3, "no verdict")


def test_nothing_that_can_be_sent_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(NoVerdictError, match=r"none of 1 recordings can be sent \(its method is 'BREW'\)"):
        replayed(source(recorded(method="BREW")), "http://127.0.0.1:9/v1", tmp_path / "j")
    with pytest.raises(NoVerdictError, match="nothing to replay: no recording"):
        replayed(source(), "http://127.0.0.1:9/v1", tmp_path / "j")


def test_a_target_that_refuses_our_key_is_no_verdict(tmp_path: Path) -> None:
    async def refuse(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 401, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(error("wrong key")).encode()})

    with running(refuse) as base_url, pytest.raises(NoVerdictError, match="refuses our key"):
        replayed(source(recorded(asking(), chat_body())), base_url, tmp_path / "j")


def test_what_the_candidate_does_now_and_then_is_its_noise_unless_it_breaks(tmp_path: Path) -> None:
    turns = iter([chat_body(), chat_body(choice(finish="length"), extra=1), chat_body()])
    recordings = source(recorded(asking(), chat_body()))
    course = Course(time.time, repeat=3)
    with serving(lambda _: (200, next(turns))) as (target, base_url):
        report = replayed(recordings, base_url, tmp_path / "j", checks=(), course=course)
    assert len(target.asked) == 3
    assert {each.id for each in report.findings} == {"diff.finish.reason"}
    assert report.replay.noise
    assert report.run.requests == 3


def test_reviewed_noise_is_counted_and_unused_rules_are_named(tmp_path: Path) -> None:
    rules = (diff.NoiseRule("/choices/*/finish_reason", "known"), diff.NoiseRule("/nowhere", "nobody knows"))
    recordings = source(recorded(asking(), chat_body()))
    with serving(lambda _: (200, chat_body(choice(finish="length")))) as (_, base_url):
        report = replayed(recordings, base_url, tmp_path / "j", checks=(), noise=diff.Noise(rules))
    assert report.findings == ()
    assert [(each.rule, each.count) for each in report.replay.noise] == [("diff.finish.reason", 1)]
    assert report.replay.unused == ("/nowhere",)


def test_live_originals_are_the_yardstick_and_carry_their_own_ids(tmp_path: Path) -> None:
    def side(name: str, finish: str) -> Any:
        def answer(asked: Asked) -> tuple[int, Any]:
            if asked.path == "/chat/completions":
                return 200, chat_body(choice(finish=finish))
            previous = asked.body.get("previous_response_id")
            assert previous in (None, f"resp_{name}1")
            return 200, response(call(call_id=f"call_{name}1"), id=f"resp_{name}{2 if previous else 1}")

        return answer

    recordings = source(CALL, RESULT, recorded(asking(), chat_body(choice(finish="content_filter"))))
    with (
        serving(side("one", "stop")) as (one, first),
        serving(side("two", "length")) as (two, second),
        serving(side("new", "length")) as (new, base_url),
    ):
        alone = replayed(recordings, base_url, tmp_path / "a", checks=(), originals=[first])
        noisy = replayed(recordings, base_url, tmp_path / "b", checks=(), originals=[first, second])
    assert [(each.id, each.expected) for each in alone.findings] == [("diff.finish.reason", "stop")]
    assert noisy.findings == ()
    assert [len(each.asked) for each in (one, two, new)] == [6, 3, 6]


def test_told_to_end_it_keeps_what_was_done(tmp_path: Path) -> None:
    recordings = source(*(recorded(asking(f"{number}"), chat_body()) for number in range(9)))

    def end(what: str) -> None:
        if what == "3":
            main = next(each for each in asyncio.all_tasks() if each.get_coro().__name__ == "drive")  # type: ignore[union-attr]
            main.cancel()

    course = Course(time.time, concurrency=1, progress=end)
    with serving(plain) as (_, base_url):
        report = replayed(recordings, base_url, tmp_path / "j", checks=(), course=course)
    assert report.run.interrupted
    assert report.exit_code == 3
    assert report.replay.compared == 4
    assert report.replay.skipped[-1].reason == "the run ended before"


def test_the_plan_can_be_made_beforehand(tmp_path: Path) -> None:
    recordings = source(*[recorded(asking(), chat_body())] * 3)
    with serving(plain) as (target, base_url):
        report = replayed(recordings, base_url, tmp_path / "j", checks=(), planned=plan(recordings, keyed=True, most=2))
    assert len(target.asked) == 2
    assert [left.reason for left in report.replay.skipped] == ["the budget of 2 requests is spent"]


def test_its_report_fits_the_schema_and_is_read_back(tmp_path: Path) -> None:
    rules = (diff.NoiseRule("/choices/*/finish_reason", "known"), diff.NoiseRule("/nowhere", "nobody knows"))
    recordings = source(
        recorded(asking(), chat_body()), recorded(method="BREW"), recorded(asking(), error("slow down"), status=429)
    )
    with serving(lambda _: (200, chat_body(choice("Other.", finish="length"), object="x"))) as (_, base_url):
        report = replayed(recordings, base_url, tmp_path / "j", noise=diff.Noise(rules))
    text = render(report)
    Draft202012Validator(SCHEMA).validate(json.loads(text))
    assert load(text) == report
    assert json.loads(text)["replay"].keys() == SCHEMA["properties"]["replay"]["properties"].keys()
