"""Checks of keys: exchanges and what is found in them."""

from typing import Any

import pytest

from cozecheck.exchange import Exchange
from tests.checks.tables import Case, departs, found, holds, ignored, unsettled, unsupported
from tests.examples import KEY, answer, asking, chat_body, error, exchange, models, refusal

BAD_KEY = error("Incorrect API key provided: sk-no*****cdef.", code="invalid_api_key")


def said(status: int, **said: Any) -> Exchange:
    return exchange(asking(), chat_body() if status < 300 else {**BAD_KEY, **said}, status=status)


def keys(
    wrong: int = 401, missing: int = 401, malformed: int = 401, listed: int = 401, **said_: Any
) -> dict[str, Exchange]:
    return {
        "wrong": said(wrong, **said_),
        "missing": said(missing),
        "malformed": said(malformed),
        "models without a key": models(status=listed),
    }


def leaky(text: str, key: str = KEY) -> Exchange:
    return refusal(401, error(text), sent={"authorization": f"Bearer {key}"})


OPEN = keys(200, 200, 200, 200)
CASES = (
    holds("auth.bearer-required", "all refused", keys()),
    departs("auth.bearer-required", "a wrong key taken", keys(wrong=200), "wrong"),
    departs("auth.bearer-required", "no key taken", keys(missing=200), "missing"),
    departs("auth.bearer-required", "a malformed key taken", keys(malformed=200), "malformed"),
    unsupported("auth.bearer-required", "no keys at all", OPEN),
    unsettled("auth.bearer-required", "too many requests", keys(429, 429, 429)),
    holds("auth.models-protected", "refused", keys()),
    departs("auth.models-protected", "open", keys(listed=200), "models without a key"),
    unsettled("auth.models-protected", "no list at all", keys(listed=404)),
    unsupported("auth.models-protected", "no keys at all", OPEN),
    holds("auth.status", "401", keys()),
    departs("auth.status", "403", keys(wrong=403), "wrong"),
    departs("auth.status", "500 without a key", keys(missing=500), "missing"),
    holds("auth.status", "401, and too many requests", keys(missing=429)),
    unsupported("auth.status", "no keys at all", OPEN),
    holds("auth.code", "invalid_api_key", keys()),
    departs("auth.code", "another", keys(error={"message": "No.", "code": None}), "/error/code"),
    holds("auth.code", "no envelope, which is another check's", keys(error="No.")),
    unsupported("auth.code", "no keys at all", OPEN),
    holds("auth.key-masked", "masked", leaky("Incorrect API key provided: sk-ex*****cdef.")),
    departs("auth.key-masked", "the whole key", leaky(f"Incorrect API key provided: {KEY}."), "/error/message"),
    ignored("auth.key-masked", "a key as short as a word", leaky("Incorrect API key provided: test.", "test")),
    ignored(
        "auth.key-masked", "a key that the recorder masked", leaky("Bad key: sk-0123*****9876", "sk-0123*****9876")
    ),
    ignored("auth.key-masked", "an answer", answer()),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_auth(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
