"""Each flaw is declared well, and spoils what it says and nothing else."""

import asyncio
import re
from functools import cache

import pytest

from reference_server.flaws import FLAWS, Flaw, apply
from tests.reference_server.flaw_conversation import CONVERSATION
from tests.reference_server.flaw_scopes import SPOILS
from tests.reference_server.wire import Answer, answers, ask, server

every_flaw = pytest.mark.parametrize("flaw", FLAWS.values(), ids=FLAWS)


@cache
def clean() -> dict[str, Answer]:
    return answers(None, CONVERSATION)


@every_flaw
def test_a_flaw_has_a_name_in_kebab_case(flaw: Flaw) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", flaw.name)


@every_flaw
def test_a_flaw_is_summed_up_in_one_sentence(flaw: Flaw) -> None:
    assert re.fullmatch(r"[A-Z].*[^.]\.", flaw.summary)
    assert ". " not in flaw.summary


@every_flaw
def test_a_flaw_fails_checks(flaw: Flaw) -> None:
    assert flaw.fails


def test_every_scope_is_that_of_a_flaw() -> None:
    assert set(SPOILS) <= set(FLAWS)


@pytest.mark.parametrize("name", sorted(SPOILS))
def test_a_flaw_spoils_its_requests_and_no_others(name: str) -> None:
    flawed = answers(name, CONVERSATION)
    assert {request for request, answer in flawed.items() if answer.seen != clean()[request].seen} == SPOILS[name]


def test_an_unknown_flaw_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ValueError, match="did you mean 'stream-no-done'"):
        apply(server(), "stream-nodone")


def test_two_servers_count_their_own_requests() -> None:
    async def statuses() -> list[int]:
        first, second = server("rate-limit-no-retry-after"), server("rate-limit-no-retry-after")
        return [(await ask(app, CONVERSATION["plain"])).status for app in (first, second, first, second)]

    assert asyncio.run(statuses()) == [429, 429, 200, 200]


def test_the_rate_limit_is_met_by_one_chat_request_in_five() -> None:
    async def statuses() -> list[int]:
        limited = server("rate-limit-no-retry-after")
        return [(await ask(limited, CONVERSATION["cut"])).status for _ in range(7)]

    assert asyncio.run(statuses()) == [429, 200, 200, 200, 200, 429, 200]
