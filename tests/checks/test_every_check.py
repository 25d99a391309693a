"""The tables of checks, held against the list of checks."""

from cozecheck.checks import ALL
from cozecheck.checks.sdk import VIEWS
from cozecheck.findings import DEPARTURE, Outcome
from tests.checks import (
    test_audio,
    test_auth,
    test_batches,
    test_chat,
    test_chat_parity,
    test_chat_stream,
    test_completions,
    test_conversations,
    test_embeddings,
    test_errors,
    test_files,
    test_images,
    test_logprobs,
    test_models,
    test_moderations,
    test_properties,
    test_properties_lives,
    test_reasoning,
    test_request,
    test_responses,
    test_responses_parameters,
    test_responses_stream,
    test_sse,
    test_structured,
    test_tools,
    test_tools_stream,
    test_transport,
    test_usage,
    test_vision,
)

TABLES = (
    test_transport.CASES,
    test_sse.CASES,
    test_errors.CASES,
    test_auth.CASES,
    test_models.CASES,
    test_chat.CASES,
    test_chat_parity.CASES,
    test_chat_stream.CASES,
    test_usage.CASES,
    test_request.CASES,
    test_tools.CASES,
    test_tools_stream.CASES,
    test_structured.CASES,
    test_logprobs.CASES,
    test_vision.CASES,
    test_reasoning.CASES,
    test_completions.CASES,
    test_embeddings.CASES,
    test_responses.CASES,
    test_responses_parameters.CASES,
    test_responses_stream.CASES,
    test_conversations.CASES,
    test_moderations.CASES,
    test_properties.CASES,
    test_properties_lives.CASES,
)
CASES = tuple(case for table in TABLES for case in table)
PAIRS = (
    test_images.PASSIVE,
    test_audio.PASSIVE,
    test_files.PASSIVE,
    test_files.RELATIONS,
    test_batches.PASSIVE,
    test_batches.RELATIONS,
)
"""What passes and what fails, by check."""
PAIRED = {id for pairs in PAIRS for id in pairs} | {f"{family}.sdk-reads" for family in VIEWS}


def _with(outcomes: set[Outcome]) -> set[str]:
    return {case.id for case in CASES if case.outcome in outcomes} | PAIRED


def test_every_check_is_seen_to_hold() -> None:
    assert _with({Outcome.PASS}) == {check.id for check in ALL}


def test_every_check_is_seen_to_find_a_departure() -> None:
    assert _with(set(DEPARTURE.values())) == {check.id for check in ALL}


def test_no_row_stands_twice() -> None:
    rows = [str(case) for case in CASES]
    assert len(set(rows)) == len(rows)
