"""Reasoning: each check on what it holds of, and on what it does not."""

import pytest

from tests.checks.tables import Case, departs, found, holds, unsettled
from tests.checks.turns import saying
from tests.examples import answer, asking, chunk, refusal, stream

THOUGHT = "<think>Let me see.</think>Hello."
SHOWN = stream(chunk({"role": "assistant", "reasoning": "Let me see."}), chunk({"content": "a"}), chunk(finish="stop"))

CASES = (
    holds("reasoning.no-leak", "the answer", answer()),
    departs("reasoning.no-leak", "the reasoning, too", saying(THOUGHT), "/choices/0/message, content"),
    holds("reasoning.no-leak", "said after the user", saying(THOUGHT, asked=asking(f"Say: {THOUGHT}"))),
    holds("reasoning.field-parity", "in neither", {"body": answer(), "stream": stream()}),
    holds("reasoning.field-parity", "in both", {"body": saying(reasoning="Let me see."), "stream": SHOWN}),
    departs("reasoning.field-parity", "in streams only", {"body": answer(), "stream": SHOWN}, "stream"),
    departs(
        "reasoning.field-parity",
        "under another name",
        {"body": saying(reasoning_content="Let me see."), "stream": SHOWN},
        "stream",
    ),
    unsettled("reasoning.field-parity", "no stream", {"body": answer(), "stream": refusal()}),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_check_on_what_it_holds_of_and_what_not(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
