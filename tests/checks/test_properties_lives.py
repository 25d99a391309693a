"""Checks of objects' lives, each beside a life that passes and ones that do not."""

from typing import Any

import pytest

from cozecheck.checks.judging import Bench
from cozecheck.exchange import Exchange
from tests.checks.tables import BY_ID, Case, departs, holds, unsettled, unsupported
from tests.examples import error, exchange

FILE = {"id": "file-1", "object": "file", "purpose": "user_data", "filename": "one.txt", "bytes": 5, "created_at": 1}
OTHER = {**FILE, "id": "file-2", "created_at": 2}
ITEMS = [{"id": f"msg_{number}", "type": "message", "role": "user"} for number in (1, 2, 3)]
TALK = {"id": "conv_1", "object": "conversation", "created_at": 1, "metadata": {"number": "one"}}
NOBODY = error("No such object.")
STRANGER = {"authorization": "Bearer cozecheck-wrong-key-1"}
Life = dict[str, Exchange]


def lived(*steps: Exchange) -> Life:
    """Number the steps of a life."""
    return {step.name: step for step in steps}


def step(name: str, path: str, answered: Any, method: str = "GET", status: int = 200, **more: Any) -> Exchange:
    asked = more.pop("asked", None)
    return exchange(asked, answered, path=path, method=method, status=status, name=name, **more)


def page(*objects: Any, more: bool = False) -> Any:
    return {"object": "list", "data": list(objects), "has_more": more}


MADE = step("1 make", "/files", FILE, "POST")
LOOK = step("2 look", "/files/file-1", FILE)
DROPPED = step("3 drop", "/files/file-1", {"id": "file-1", "object": "file", "deleted": True}, "DELETE")
TALKED = step("0 first", "/conversations", TALK, "POST", asked={"metadata": {"number": "one"}})
SAID = step("1 make", "/conversations/conv_1/items", page(*ITEMS), "POST")
KEPT_OUT = step("2 control", "/models", error("Wrong key."), status=401, sent=STRANGER)


def strange(answered: Any, status: int) -> Exchange:
    return step("3 strange-look", "/files/file-1", answered, status=status, sent=STRANGER)


def listed(query: str, *objects: Any, more: bool = False) -> Exchange:
    return step("2 list", f"/conversations/conv_1/items?{query}", page(*objects, more=more))


CASES = (
    holds("properties.kept", "shown as made", lived(MADE, LOOK)),
    departs(
        "properties.kept",
        "another name",
        lived(MADE, step("2 look", "/files/file-1", {**FILE, "filename": "x"})),
        "2 look",
    ),
    departs(
        "properties.kept", "lost", lived(MADE, LOOK, step("3 look", "/files/file-1", NOBODY, status=404)), "3 look"
    ),
    departs(
        "properties.kept",
        "metadata not taken",
        lived(step("1 make", "/conversations", {**TALK, "metadata": {}}, "POST", asked={"metadata": {"a": "b"}})),
        "1 make",
    ),
    unsupported("properties.kept", "never kept", lived(MADE, step("2 look", "/files/file-1", NOBODY, status=404))),
    holds(
        "properties.gone",
        "404 afterwards",
        lived(MADE, LOOK, DROPPED, step("4 look", "/files/file-1", NOBODY, status=404)),
    ),
    departs(
        "properties.gone", "still shown", lived(MADE, LOOK, DROPPED, step("4 look", "/files/file-1", FILE)), "4 look"
    ),
    departs(
        "properties.gone", "still listed", lived(MADE, LOOK, DROPPED, step("4 list", "/files", page(FILE))), "4 list"
    ),
    holds(
        "properties.paged",
        "after the first",
        lived(TALKED, SAID, listed("order=asc&limit=1&after=msg_1", ITEMS[1], more=True)),
    ),
    departs(
        "properties.paged",
        "has_more too early",
        lived(TALKED, SAID, listed("order=asc&limit=1&after=msg_1", ITEMS[1])),
        "2 list",
    ),
    departs(
        "properties.paged",
        "one twice",
        lived(TALKED, SAID, listed("order=asc&after=msg_1", ITEMS[0], *ITEMS[1:])),
        "2 list",
    ),
    holds("properties.foreign", "kept out", lived(MADE, KEPT_OUT, strange(error("Wrong key."), 401))),
    departs("properties.foreign", "let in", lived(MADE, KEPT_OUT, strange(FILE, 200)), "3 strange-look"),
    unsettled("properties.foreign", "nobody tried", lived(MADE, LOOK)),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_says_what_is_true(case: Case) -> None:
    check = BY_ID[case.id]
    bench = Bench([check])
    assert isinstance(case.subject, dict)
    bench.relate(check.scenario, case.subject)
    places = [each.problem.at for each in bench.departures]
    assert (bench.tallies[case.id].outcome(check)[0], places[0] if places else "") == (case.outcome, case.at)
