"""The order of the events of a response: what it allows, and what it does not."""

import pytest

from cozecheck.contract.response_grammar import STEPS, disorder

START = ["created", "in_progress"]
TEXT = ["content_part.added", "output_text.delta", "output_text.delta", "output_text.done", "content_part.done"]
ITEM = ["output_item.added", *TEXT, "output_item.done"]
CALL = ["output_item.added", "function_call_arguments.delta", "function_call_arguments.done", "output_item.done"]
SUMMARY = ["reasoning_summary_part.added", "reasoning_summary_text.delta", "reasoning_summary_text.done",
           "reasoning_summary_part.done"]  # fmt: skip
THOUGHT = ["output_item.added", *SUMMARY, "output_item.done"]


def events(*names: str, index: int = 0) -> list[dict[str, object]]:
    places = {"output_index": index, "content_index": 0, "summary_index": 0}
    return [{"type": f"response.{name}", **places} for name in names]


def first(*told: list[dict[str, object]]) -> tuple[int, str] | None:
    return next(disorder(event for part in told for event in part), None)


@pytest.mark.parametrize("item", [ITEM, CALL, THOUGHT, ["output_item.added", "output_item.done"]])
@pytest.mark.parametrize("end", ["completed", "incomplete", "failed"])
def test_whole_items_are_in_order(item: list[str], end: str) -> None:
    assert first(events(*START, *item, end)) is None


def test_items_follow_each_other_and_interleave() -> None:
    assert first(events(*START), events(*THOUGHT), events(*CALL, index=1), events("completed")) is None
    assert first(events(*START, CALL[0]), events(CALL[0], index=1), events(*CALL[1:]),
                 events(*CALL[1:], index=1), events("completed")) is None  # fmt: skip


def test_what_is_not_in_the_table_may_come_at_any_time() -> None:
    odd = ["vendor_note", "web_search_call.searching"]
    assert first(events(*odd, *START, *odd, *ITEM, *odd, "completed", *odd)) is None


@pytest.mark.parametrize("missing", sorted(set(ITEM) - {"output_text.delta"}))
def test_each_step_of_a_text_is_missed(missing: str) -> None:
    assert first(events(*START, *[name for name in ITEM if name != missing], "completed")) is not None


@pytest.mark.parametrize("again", ["created", "content_part.added", "content_part.done", "output_item.added"])
def test_what_comes_once_may_not_come_twice(again: str) -> None:
    doubled = [name for each in [*START, *ITEM] for name in ([each, each] if each == again else [each])]
    assert first(events(*doubled, "completed")) is not None


@pytest.mark.parametrize(
    ("told", "at", "reason"),
    [
        (["in_progress"], 0, "response.in_progress while response is not begun"),
        ([*START, *ITEM, "completed", "output_item.added"], 10, "response.output_item.added while response is done"),
        ([*START, *ITEM[:3], "completed"], 5, "response.completed while item 0 is begun"),
        ([*START, *CALL[:2], "output_item.done"], 4, "response.output_item.done while payload 0 is flowing"),
        ([*START, "output_text.delta"], 2, "response.output_text.delta while item 0 is not begun"),
    ],
)
def test_it_says_where_and_why(told: list[str], at: int, reason: str) -> None:
    assert first(events(*told)) == (at, reason)


def test_a_failure_may_leave_things_open() -> None:
    assert first(events(*START, *ITEM[:3], "failed")) is None


def test_every_step_can_be_reached() -> None:
    states = {"not begun"} | {step.after for step in STEPS.values()}
    assert all(step.before <= states for step in STEPS.values())
