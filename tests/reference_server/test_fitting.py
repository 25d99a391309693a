"""Parameters that an engine can't serve: dropped, warned about, refused; ranges and names."""

import json
import logging
from typing import Any

import httpx2
import pytest
from pydantic import ValidationError

from reference_server.errors import Refusal
from reference_server.protocol import (
    openai_audio,
    openai_completions,
    openai_embeddings,
    openai_images,
    openai_moderations,
    openai_parameters,
    openai_responses,
)
from reference_server.protocol.fitting import DEFAULTS, Fitted, fitted
from reference_server.settings import Parameters, SettingsError, parse
from reference_server.settings.parameters import DECIMALS, INTEGERS, MEANINGFUL, NAMES
from tests.reference_server.asking import chat, error
from tests.reference_server.upstreams import CHUNK, Listening, as_json, through

EVERY = (
    openai_parameters.OPTIONAL,
    openai_completions.optional,
    openai_responses.OPTIONAL,
    openai_embeddings.optional,
    openai_images.optional,
    openai_audio.how,
    openai_moderations.optional,
)
BAD = [
    ("{unsupported: [seed, logit_bais]}", "a.yaml:1: engines[0].parameters: unknown parameter 'logit_bais', did you"),
    ("{unsupported: [messages]}", "a.yaml:1: engines[0].parameters: unknown parameter 'messages'"),
    ("{per_parameter: {seed: refuse}}", "a.yaml:1: engines[0].parameters: 'seed' has a policy, but is not in"),
    ("{policy: ignore}", "a.yaml:1: engines[0].parameters.policy: "),
    ("{ranges: {seed: [0, 1]}}", "a.yaml:1: engines[0].parameters: unknown parameter 'seed'"),
    ("{ranges: {top_p: [1, 0]}}", "a.yaml:1: engines[0].parameters.ranges.top_p: a range goes from"),
    ("{scales: {n: [1, 4]}}", "a.yaml:1: engines[0].parameters: unknown parameter 'n'"),
    ("{ranges: {top_p: [0, 1]}, scales: {top_p: [0, 1]}}", "a.yaml:1: engines[0].parameters: 'top_p' is in"),
    ("{rename: {max_token: length}}", "a.yaml:1: engines[0].parameters: unknown parameter 'max_token', did you mean"),
    ("{unsuported: []}", "a.yaml:1: engines[0].parameters: unknown key 'unsuported', did you mean 'unsupported'?"),
]


def fit(fields: dict[str, Any], **said: Any) -> Fitted:
    return fitted(fields, Parameters(**said))


def refused(fields: dict[str, Any], **said: Any) -> tuple[str | None, str | None]:
    with pytest.raises(Refusal) as caught:
        fit(fields, **said)
    assert caught.value.status == 400
    return caught.value.code, caught.value.param


def test_the_names_are_those_of_openais_operations() -> None:
    essential = {"model", "messages", "input", "prompt"}
    assert {name for operation in EVERY for name in operation} - essential == NAMES
    assert DEFAULTS.keys() | DECIMALS.keys() | INTEGERS.keys() | MEANINGFUL <= NAMES


@pytest.mark.parametrize(("said", "problem"), BAD, ids=[said for said, _ in BAD])
def test_what_can_not_be_meant_is_told(said: str, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(f"engines: [{{name: base, parameters: {said}}}]", "a.yaml")
    assert str(caught.value).startswith(problem)


def test_an_engine_that_serves_all_gets_the_very_fields() -> None:
    fields = chat(seed=1, temperature=0.5)
    assert fit(fields).fields is fields
    assert fit(fields, unsupported=["logit_bias"], ranges={"temperature": [0, 1]}, rename={"n": "k"}).fields is fields


def test_the_usual_policy_is_to_warn() -> None:
    found = fit({"seed": 1, "user": "a", "n": 1}, unsupported=["user", "seed"])
    assert found == ({"n": 1}, ("user", "seed"))


def test_each_parameter_may_have_its_own_policy() -> None:
    said: Any = {"unsupported": ["user", "seed", "n"], "policy": "drop", "per_parameter": {"seed": "warn", "n": "warn"}}
    assert fit({"seed": 1, "user": "a", "n": 2}, **said) == ({}, ("seed", "n"))
    assert refused({"user": "a"}, unsupported=["user"], policy="refuse") == ("unsupported_parameter", "user")


@pytest.mark.parametrize("asked", [{"n": 2}, {"tools": [{}]}, {"response_format": {"type": "json_schema"}}])
def test_what_changes_the_meaning_of_an_answer_is_refused(asked: dict[str, Any]) -> None:
    assert refused(asked, unsupported=sorted(NAMES), policy="drop") == ("unsupported_parameter", *asked)


def test_a_value_that_asks_for_nothing_goes_without_a_word() -> None:
    nothing = {**DEFAULTS, "seed": None, "temperature": 1.0, "n": None}
    assert fit(nothing, unsupported=sorted(NAMES), policy="refuse") == ({}, ())


@pytest.mark.parametrize("asked", [{"logprobs": 0}, {"logit_bias": {"1": 0}}, {"stop": ""}, {"n": True}])
def test_a_value_that_only_looks_like_the_default_is_told(asked: dict[str, Any]) -> None:
    per_parameter = dict.fromkeys(asked, "warn")
    assert fit(asked, unsupported=list(asked), per_parameter=per_parameter).dropped == tuple(asked)


@pytest.mark.parametrize(("given", "cut", "stretched"), [(0, 0, 0), (0.7, 0.7, 0.35), (1, 1, 0.5), (2.0, 1, 1)])
def test_a_range_is_cut_or_stretched(given: float, cut: float, stretched: float) -> None:
    assert fit({"temperature": given}, ranges={"temperature": [0, 1]}).fields["temperature"] == cut
    assert fit({"temperature": given}, scales={"temperature": [0, 1]}).fields["temperature"] == stretched


def test_whole_numbers_stay_whole() -> None:
    found = fit({"max_tokens": 100_000, "n": 3}, ranges={"max_tokens": [1, 4096], "n": [1, 1]}).fields
    assert json.dumps(found) == '{"max_tokens": 4096, "n": 1}'


def test_what_is_outside_openais_range_is_refused_in_its_words() -> None:
    ranges = {"temperature": [0, 1], "n": [1, 4]}
    assert refused({"temperature": 2.1}, ranges=ranges) == ("decimal_above_max_value", "temperature")
    assert refused({"temperature": -1}, scales={"temperature": [0, 1]}) == ("decimal_below_min_value", "temperature")
    assert refused({"n": 0}, ranges=ranges) == ("integer_below_min_value", "n")


def test_what_is_no_number_is_left_to_the_engine() -> None:
    fields = {"temperature": "hot", "top_p": None, "n": True}
    assert fit(fields, ranges={"temperature": [0, 1], "top_p": [0, 0.9], "n": [1, 1]}).fields == fields


def test_a_parameter_gets_the_engines_name() -> None:
    rename = {"max_completion_tokens": "max_tokens", "max_output_tokens": "max_tokens"}
    assert fit({"max_completion_tokens": 5, "n": 1}, rename=rename).fields == {"max_tokens": 5, "n": 1}
    assert fit({"max_completion_tokens": 5, "max_tokens": 3}, rename=rename).fields == {"max_tokens": 3}


def test_a_range_needs_numbers() -> None:
    with pytest.raises(ValidationError):
        Parameters(ranges={"top_p": (0, float("nan"))})


def asked_upstream(said: dict[str, Any], **fields: Any) -> tuple[httpx2.Response, Listening]:
    upstream = Listening(as_json(CHUNK))
    return through(upstream, chat(**fields), parameters=Parameters(**said)), upstream


def test_an_upstream_never_sees_what_it_can_not_serve(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        response, upstream = asked_upstream(
            {"unsupported": ["seed", "user"], "ranges": {"temperature": [0, 1]}, "rename": {"max_tokens": "length"}},
            seed=1, user="somebody", temperature=1.5, max_tokens=7,
        )  # fmt: skip
    assert response.status_code == 200
    assert json.loads(upstream.body) == chat(temperature=1, length=7)
    assert response.headers["x-adapter-dropped-params"] == "seed, user"
    (line,) = [record.getMessage() for record in caplog.records if "lacks" in record.getMessage()]
    assert line.endswith("engine base lacks seed, user")
    assert "somebody" not in caplog.text


def test_an_upstream_is_not_asked_what_is_refused() -> None:
    response, upstream = asked_upstream({"unsupported": ["seed"], "per_parameter": {"seed": "refuse"}}, seed=1)
    assert (response.status_code, upstream.body) == (400, b"")
    assert (error(response)["code"], error(response)["param"]) == ("unsupported_parameter", "seed")
