"""Checks of moderations, each beside an exchange that passes and one that does not."""

from typing import Any

import pytest

from cozecheck.checks import ALL
from cozecheck.exchange import Exchange
from tests.checks.tables import Case, departs, departures, found, holds, ignored, unsettled, unsupported
from tests.examples import drop, error, exchange, put

NAMES = (
    *("harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm"),
    *("self-harm/intent", "self-harm/instructions", "sexual", "sexual/minors", "violence", "violence/graphic"),
)
RESULT = {
    "flagged": False,
    "categories": dict.fromkeys(NAMES, False),
    "category_scores": dict.fromkeys(NAMES, 0.01),
    "category_applied_input_types": {name: ["text"] for name in NAMES},
}
BODY: dict[str, Any] = {"id": "modr-1", "model": "omni-moderation-2024-09-26", "results": [RESULT]}
OLDER = drop(
    put(BODY, "/model", "text-moderation-007"),
    *("/results/0/category_applied_input_types", "/results/0/categories/illicit"),
)
PARTS = [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "data:,"}}]


def judged(answer: Any = BODY, *, given: Any = "a", status: int = 200) -> Exchange:
    """A request to judge; an input of `...` is left out."""
    asked = {} if given is ... else {"input": given}
    return exchange(asked, answer, path="/moderations", status=status)


def together(*flags: bool) -> dict[str, Exchange]:
    results = [{**RESULT, "flagged": flag} for flag in flags]
    return {"one": judged(), "two": judged({**BODY, "results": results}, given=["a", "b"])}


GOOD, BOTH = judged(), judged(given=PARTS)
BROKEN: dict[str, Any] = {"answer": error("Broken."), "status": 500}
REFUSED: dict[str, Any] = {"answer": error("Missing.", param="input"), "status": 400}

CASES = (
    holds("moderations.answered", "a text", GOOD),
    departs("moderations.answered", "500", judged(**BROKEN), "status"),
    unsupported("moderations.answered", "404", judged(error("Not Found"), status=404)),
    holds("moderations.parts", "a text and an image", BOTH),
    departs("moderations.parts", "500", judged(given=PARTS, **BROKEN), "status"),
    unsupported("moderations.parts", "refused by name", judged(error("No images in input."), given=PARTS, status=400)),
    holds("moderations.schema", "a whole one", GOOD),
    holds("moderations.schema", "an older one", judged(OLDER)),
    departs("moderations.schema", "no id", judged(drop(BODY, "/id")), "/id"),
    departs(
        "moderations.schema",
        "a word",
        judged(put(BODY, "/results/0/categories/hate", "no")),
        "/results/0/categories/hate",
    ),
    holds("moderations.id-prefix", "modr-", GOOD),
    departs("moderations.id-prefix", "a UUID", judged(put(BODY, "/id", "6d0f")), "/id"),
    holds("moderations.count", "one", GOOD),
    holds("moderations.count", "one for all parts", BOTH),
    departs("moderations.count", "one of two", judged(given=["a", "b"]), "/results"),
    holds("moderations.batch-equal", "as alone", together(False, True)),
    departs("moderations.batch-equal", "turned round", together(True, False), "two"),
    unsettled("moderations.batch-equal", "one result of two", together(False)),
    unsupported("moderations.batch-equal", "no endpoint", {"one": judged(error("Not Found"), status=404)}),
    holds("moderations.scores", "within", GOOD),
    departs(
        "moderations.scores",
        "per cent",
        judged(put(BODY, "/results/0/category_scores/hate", 12)),
        "/results/0/category_scores/hate",
    ),
    departs(
        "moderations.scores", "none", judged(drop(BODY, "/results/0/category_scores")), "/results/0/category_scores"
    ),
    holds("moderations.flagged", "as the categories say", GOOD),
    departs("moderations.flagged", "none is true", judged(put(BODY, "/results/0/flagged", True)), "/results/0/flagged"),
    departs(
        "moderations.flagged",
        "one is true",
        judged(put(BODY, "/results/0/categories/violence", True)),
        "/results/0/flagged",
    ),
    holds("moderations.applied-types", "all", GOOD),
    departs(
        "moderations.applied-types", "none", judged(drop(BODY, "/results/0/category_applied_input_types")), "/results/0"
    ),
    ignored("moderations.applied-types", "an older model", judged(OLDER)),
    holds("moderations.required", "refused", judged(given=..., **REFUSED)),
    departs("moderations.required", "500", judged(given=..., **BROKEN), "status"),
    departs("moderations.required", "judged", judged(given=...), "status"),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_says_what_is_true(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)


def test_every_check_of_the_family_is_here() -> None:
    ids = {check.id for check in ALL if check.family == "moderations"}
    assert ids - {"moderations.sdk-reads"} == {case.id for case in CASES}


def test_what_is_right_departs_from_nothing() -> None:
    assert departures(GOOD) == departures(BOTH) == departures(judged(OLDER)) == set()
