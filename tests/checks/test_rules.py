"""Rules that bodies and streams share."""

from typing import Any

import pytest

from cozecheck.checks import rules
from cozecheck.exchange import Headers, Response


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, None),
        ({"max_tokens": 5}, 5),
        ({"max_tokens": 5, "max_completion_tokens": 7}, 7),
        ({"max_tokens": 0}, None),
        ({"max_tokens": True}, None),
        ({"max_tokens": "5"}, None),
    ],
)
def test_a_cap_is_a_whole_number(asked: dict[str, Any], expected: int | None) -> None:
    assert rules.cap(asked) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("id",), True),
        (("usage", "prompt_tokens"), True),
        (("usage",), False),
        (("usage", "prompt_tokens_details", "cached_tokens"), False),
        (("choices", 3, "index"), True),
        (("choices", 3, "message", "content"), False),
        (("service_tier",), True),
    ],
)
def test_some_places_are_left_to_other_checks(path: tuple[str | int, ...], *, expected: bool) -> None:
    assert rules.is_named(path) is expected


def test_more_places_may_be_named() -> None:
    assert rules.is_named(("choices", 0, "message", "role"), ("choices", None, "message", "role"))


@pytest.mark.parametrize("header", ["", "yesterday", "Thu, 32 Foo 99999 99:99:99 GMT"])
def test_a_date_that_is_none_tells_nothing(header: str) -> None:
    response = Response(200, Headers((("date", header),)), http_version="HTTP/1.1")
    assert list(rules.created(1_760_000_000, response)) == []


def test_no_count_or_no_limit_is_no_limited_answer() -> None:
    assert rules.limited({"max_tokens": 5}, {}, "stop", "") is None
    assert rules.limited({}, {"completion_tokens": 5}, "stop", "") is None
