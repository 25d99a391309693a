"""The plan: what waits for what, what is not sent, what is learned from."""

from dataclasses import replace
from typing import Any

import pytest

from cozecheck.recordings import Recording
from cozecheck.replay import plan, takes
from tests.examples import asking, chat_body, choice
from tests.replay.cassettes import recorded, source
from tests.response_examples import response


def made(id: str, previous: str | None = None, **more: Any) -> Recording:
    asked = {"model": "gpt-4o-mini", "input": f"Say {id}."} | ({"previous_response_id": previous} if previous else {})
    return recorded(asked, response(id=id), path="/responses", **more)


def test_a_request_waits_for_the_answer_that_gives_its_id() -> None:
    steps = plan(source(made("resp_0001"), made("resp_0002", "resp_0001")), keyed=True).steps
    assert steps[1].needs == (("resp_0001", 0),)
    assert steps[0].gives == ("resp_0001",)
    assert steps[0].waits == frozenset()


def test_what_stands_further_on_is_waited_for_in_another_round() -> None:
    found = plan(source(made("resp_0002", "resp_0001"), made("resp_0001")), keyed=True)
    assert [step.round for step in found.steps] == [1, 0]
    assert found.rounds == 2


def test_an_id_that_several_give_comes_from_the_same_file() -> None:
    recordings = source(made("resp_0001"), made("resp_0001"), made("resp_0002", "resp_0001"), files=(1, 2, 1))
    assert plan(recordings, keyed=True).steps[2].needs == (("resp_0001", 0),)


def test_what_nobody_made_cannot_be_needed_unless_it_was_refused_for_that() -> None:
    lost, refused = made("resp_0002", "resp_gone"), made("resp_0002", "resp_gone", status=404)
    steps = plan(source(lost, refused), keyed=True).steps
    assert [step.obstacle for step in steps] == ["it needs what no recording makes", ""]


def test_a_circle_is_not_sent() -> None:
    steps = plan(source(made("resp_0001", "resp_0002"), made("resp_0002", "resp_0001")), keyed=True).steps
    assert [step.obstacle for step in steps] == ["it needs what needs it", ""]


def test_a_chain_that_is_read_backwards_ends_somewhere() -> None:
    chain = [made(f"resp_{number:04}", f"resp_{number + 1:04}") for number in range(50)]
    found = plan(source(*chain, made("resp_0050")), keyed=True)
    assert found.rounds <= 10
    assert {step.obstacle for step in found.steps} == {"", "what it needs stands too far on"}


def test_the_budget_leaves_out_the_rest() -> None:
    steps = plan(source(*[recorded(asking(), chat_body())] * 3), keyed=True, most=2).steps
    assert [step.obstacle for step in steps] == ["", "", "the budget of 2 requests is spent"]


def test_the_fingerprint_tells_recordings_apart() -> None:
    one, other = (plan(source(made(id)), keyed=True).fingerprint for id in ("resp_0001", "resp_0002"))
    assert one != other
    assert one == plan(source(made("resp_0001")), keyed=True).fingerprint


def test_two_takes_of_a_request_are_a_pair_and_the_second_is_not_sent() -> None:
    first, second = (recorded(asking(), chat_body(choice(word)), notes={"take": n}) for n, word in ((1, "a"), (2, "b")))
    recordings = source(first, recorded(asking("Other."), chat_body()), second)
    found = plan(recordings, keyed=True)
    assert found.sends == 2
    assert found.steps[2].obstacle == "it shows how far the original differs from itself"
    assert [(one.id, other.id) for one, other in takes(recordings, found)] == [("0", "2")]


@pytest.mark.parametrize(
    "more", [{"method": "GET", "path": "/batches"}, {"status": 429}], ids=["another state", "out of capacity"]
)
def test_what_differs_for_a_reason_is_no_pair(more: Any) -> None:
    same = recorded(asking(), chat_body(), **more)
    recordings = source(same, replace(same))
    assert list(takes(recordings, plan(recordings, keyed=True))) == []
