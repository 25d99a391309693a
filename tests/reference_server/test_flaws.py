"""Each flaw is declared well, and spoils what it says and nothing else."""

import asyncio
import re
from functools import cache

import pytest

from reference_server.flaws import FLAWS, Flaw, apply
from tests.reference_server.flaw_conversation import CONVERSATION
from tests.reference_server.flaw_scopes import SPOILS
from tests.reference_server.wire import Answer, answers, ask, server

ON_THE_SOCKET = {"hang", "reset-midway", "endless-stream", "runs-on"}  # see test_flaws_on_the_socket.py
CHECKS = """
transport: responds body-complete bounded encoding content-type stream-as-asked json-strict redirect cors-preflight
  cancel-on-disconnect request-id
sse: data-json utf8 fields line-style last-event-terminated event-names incremental encoding
errors: envelope body-present keys message type-string code-type param-type null-literal code-meaning status-not-200
  malformed-body media-type invalid-not-5xx invalid-status param-named context-length context-length-code
  unknown-route method-not-allowed retry-after
auth: bearer-required models-protected status code key-masked
models: list list-shape item-fields ids-unique listed retrieve retrieve-listed retrieve-same retrieve-unknown
  unknown-rejected unknown-status unknown-code
chat: schema object id-nonempty id-prefix id-unique created-int-seconds model-echo choices-present choice-index
  message-present message-role content-key content-null finish-reason-enum finish-reason-present finish-length
  refusal-key logprobs-key utf8-intact
chat.stream: done-terminator finish-terminal finish-once finish-last finish-key finish-reason-enum finish-length
  breaks-off error-visible role-first role-once role-value id-constant id-nonempty id-prefix created-constant
  created-int-seconds model-constant model-echo fingerprint-constant object choices-key choice-index delta-present
  schema chunked utf8-intact
usage: present counts arithmetic positive details plausible stream-included stream-unrequested stream-empty-choices
  stream-choices-key stream-null-elsewhere stream-last stream-once stream-parity
request: plain stream system-role developer-role content-array multi-turn role-order documented-params unknown-param
  max-tokens max-completion-tokens n stop-excluded seed required types stream-options-alone
request.bounds: temperature top-p n max-tokens max-completion-tokens presence-penalty frequency-penalty top-logprobs
  logit-bias stop
"""
every_flaw = pytest.mark.parametrize("flaw", FLAWS.values(), ids=FLAWS)


@cache
def clean() -> dict[str, Answer]:
    return answers(None, CONVERSATION)


def checks() -> set[str]:
    families = re.split(r"^(\S+):", CHECKS, flags=re.MULTILINE)[1:]
    return {
        f"{family}.{rule}"
        for family, rules in zip(families[::2], families[1::2], strict=True)
        for rule in rules.split()
    }


def test_every_check_is_failed_by_a_flaw() -> None:
    assert checks() == {check for flaw in FLAWS.values() for check in flaw.fails}


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


def test_every_flaw_has_a_scope() -> None:
    assert set(SPOILS) | ON_THE_SOCKET == set(FLAWS)


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
