"""Checks of the parameters of a response: exchanges and what is found in them."""

from typing import Any

import pytest

from cozecheck.exchange import Exchange
from tests.checks.tables import Case, departs, found, holds, ignored, unsettled, unsupported
from tests.examples import exchange, put
from tests.response_examples import created, refused, response, said, spent, streamed, text_events, wanting

ODDS = [{"token": "Hello there.", "logprob": -0.1, "bytes": [72], "top_logprobs": []}]
INCLUDE = wanting(include=["message.output_text.logprobs"])
LONG = response(said("word " * 30), usage=None)
NAMED = refused(400, "logprobs are not supported with reasoning models.", param="include")


def cut(used: Any, limit: int = 16, text: str = "One, two") -> Exchange:
    return created(response(said(text), usage=spent(used)), wanting(max_output_tokens=limit))


def tried(answered: Any = None, *, status: int = 200, **asked: Any) -> Exchange:
    name, value = next(iter(asked.items()))
    scenario, sent = "responses.bounds", f"{name} at {value}"
    answered = response() if answered is None else answered
    return exchange(wanting(**asked), answered, path="/responses", status=status, scenario=scenario, name=sent)


CASES: tuple[Case, ...] = (
    holds("responses.max-output-tokens", "as many as allowed", cut(16)),
    departs("responses.max-output-tokens", "more", cut(17), "/usage/output_tokens"),
    departs("responses.max-output-tokens", "uncounted words", created(LONG, wanting(max_output_tokens=16)), "/output"),
    ignored("responses.max-output-tokens", "no limit", created()),
    holds("responses.logprobs", "there", created(response(put(said(), "/content/0/logprobs", ODDS)), INCLUDE)),
    departs("responses.logprobs", "none", created(response(), INCLUDE), "/output/0/content/0/logprobs"),
    departs(
        "responses.logprobs",
        "none in a stream",
        streamed(text_events("Hello."), INCLUDE),
        "event 9, /response/output/0/content/0/logprobs",
    ),
    unsupported("responses.logprobs", "refused by name", created(NAMED, INCLUDE, status=400)),
    unsettled("responses.logprobs", "500", created(refused(500, "Broken."), INCLUDE, status=500)),
    ignored("responses.logprobs", "not asked for", created()),
    holds("responses.bounds", "the end is taken", tried(temperature=2)),
    holds("responses.bounds", "beyond is refused", tried(refused(400), status=400, temperature=2.5)),
    departs("responses.bounds", "beyond is taken", tried(temperature=2.5), "temperature"),
    departs("responses.bounds", "the end is refused", tried(refused(400, "No."), status=400, top_p=1), "status"),
    unsupported("responses.bounds", "refused by name", tried(refused(400, "No.", param="top_p"), status=400, top_p=1)),
    unsettled("responses.bounds", "500", tried(refused(500), status=500, top_logprobs=21)),
    unsupported("responses.bounds", "no endpoint", tried({"detail": "Not Found"}, status=404, temperature=2)),
    ignored("responses.bounds", "nothing odd", created()),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_parameters_of_a_response(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
