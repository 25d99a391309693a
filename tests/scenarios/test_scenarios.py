"""Scenarios send what they say, and draw out what they say."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from openai.types.chat import ChatCompletionMessageParam
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from pydantic import TypeAdapter, ValidationError

from cozecheck import scenarios
from cozecheck.checks import ALL
from cozecheck.checks.registry import FAMILIES, matches
from cozecheck.contract.shapes import chat_request
from cozecheck.scenarios import Scenario, Send
from tests.scenarios.playing import SUBJECT, played

MESSAGES: TypeAdapter[Any] = TypeAdapter(list[ChatCompletionMessageParam])
READ_OR_REFUSED = {"errors.media-type"}
"""A server may take JSON under another name: it is wrong to send, and not wrong to read."""
TOO_LONG_FOR_SOME = {"errors.too-long"}
"""Valid, and refused by models with a small context."""
AT_RANDOM = "properties"
"""The family that no scenario draws."""
ONLY_WHEN_REFUSED = {"errors.retry-after"}
LEFT_OUT = {"audio", "moderation", "prompt_cache_options", "prompt_cache_retention", "web_search_options"}
"""Parameters that only few models take."""
IDS = [each.id for each in scenarios.ALL]


def departs(body: Mapping[str, Any]) -> bool:
    """Hold a body against the SDK's types; it validates lists of messages only when they are read."""
    try:
        MESSAGES.validate_python(body.get("messages"))
    except ValidationError:
        return True
    return bool(chat_request(dict(body)))


def questions(scenario: Scenario) -> Iterator[Send]:
    return (each for each in scenario.plan(SUBJECT) if each.json is not None and each.path == "/chat/completions")


@pytest.mark.parametrize("scenario", scenarios.ALL, ids=IDS)
def test_what_is_not_called_wrong_is_valid(scenario: Scenario) -> None:
    assert [send.name for send in questions(scenario) if not send.wrong and departs(send.json or {})] == []


@pytest.mark.parametrize("scenario", scenarios.ALL, ids=IDS)
def test_names_tell_the_sends_of_a_scenario_apart(scenario: Scenario) -> None:
    names = [send.name for send in scenario.plan(SUBJECT)]
    assert names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("id", IDS)
def test_what_is_called_wrong_is_refused_and_nothing_else(id: str) -> None:
    for send, exchange in played()[id].steps:
        assert exchange.response is not None
        wrong = bool(send.wrong) or send.key != "right"
        refused = 400 <= exchange.response.status < 500
        assert refused == wrong or id in READ_OR_REFUSED | TOO_LONG_FOR_SOME or send.method == "OPTIONS", send.name


@pytest.mark.parametrize("scenario", scenarios.ALL, ids=IDS)
def test_every_draw_names_a_check(scenario: Scenario) -> None:
    for draw in scenario.draws:
        assert any(matches(draw, check) for check in ALL), draw


@pytest.mark.parametrize("scenario", scenarios.ALL, ids=IDS)
def test_what_is_drawn_is_judged(scenario: Scenario) -> None:
    tallies = played()[scenario.id].bench.tallies
    for draw in scenario.draws:
        judged = [check.id for check in ALL if matches(draw, check) and tallies[check.id].judged]
        assert judged, draw
        assert draw in FAMILIES or "*" in draw or judged == [draw]


def test_every_check_is_judged_by_a_scenario_that_draws_it() -> None:
    judged = {
        check.id
        for scenario in scenarios.ALL
        for check in ALL
        if any(matches(draw, check) for draw in scenario.draws) and played()[scenario.id].bench.tallies[check.id].judged
    }
    assert {check.id for check in ALL if check.family != AT_RANDOM} - judged == ONLY_WHEN_REFUSED


def test_relations_read_scenarios_that_draw_them() -> None:
    by_id = {each.id: each for each in scenarios.ALL}
    for check in ALL:
        if check.scenario and check.family != AT_RANDOM:
            assert any(matches(draw, check) for draw in by_id[check.scenario].draws), check.id


def test_every_documented_parameter_is_sent() -> None:
    sent = {key for scenario in scenarios.ALL for send in questions(scenario) for key in send.json or {}}
    assert set(CompletionCreateParamsBase.__annotations__) - sent == LEFT_OUT


def test_every_scenario_says_what_it_does() -> None:
    assert [each.id for each in scenarios.ALL if not each.summary.endswith((".", "?"))] == []
