"""Keys are hidden wherever they stand, words of people where they asked for something, and nothing else."""

from typing import Any

import pytest

from cozecheck.masking import excerpt, hidden, is_secret, mask_secrets, mask_url, mask_words, presentable, words
from cozecheck.masking import secret_values as secret

KEYS = {
    "sk-proj-abcdefghij0123456789": "sk-p***",
    "Bearer abcdef0123456789": "Bear***",
    "bearer abcdef.0123456789=": "bear***",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIi.c2ln": "eyJh***",
    "AIzaSyA0123456789abcdefgh": "AIza***",
    "gsk_abcdefghij0123456789": "gsk_***",
    "ghp_abcdefghij0123456789": "ghp_***",
    '{"api_key": "hunter2"}': '{"api_key": "***"}',
    '{\\"api-key\\": \\"hunter2\\"}': '{\\"api-key\\": \\"***\\"}',
    "password='hunter2'": "password='***'",
}
NO_KEYS = [
    "skip_special_tokens is no parameter of this model",
    "You must provide a bearer authentication token",
    "chatcmpl-abcdefghij0123456789",
    "sk-cozecheck-wrong-key-0000000000000000",
    "Bearer sk-cozecheck-wrong-key-0000000000000000",
    '{"completion_tokens": "12", "token": "hello"}',
]


@pytest.mark.parametrize("text", KEYS)
def test_what_looks_like_a_key_is_hidden(text: str) -> None:
    assert mask_secrets(f"before {text}, after") == f"before {KEYS[text]}, after"


@pytest.mark.parametrize("text", NO_KEYS)
def test_what_only_looks_a_little_like_one_is_shown(text: str) -> None:
    assert mask_secrets(text) == text


@pytest.mark.parametrize("text", [*KEYS, *NO_KEYS])
def test_hiding_twice_is_hiding_once(text: str) -> None:
    assert mask_secrets(mask_secrets(text)) == mask_secrets(text)


def test_known_values_are_hidden_however_they_look() -> None:
    known = hidden(["hunter2-hunter2", 'with "quotes" and\nlines', "test"])
    assert mask_secrets("is hunter2-hunter2 the latest?", known) == "is *** the latest?"
    assert presentable({"a": 'with "quotes" and\nlines'}, known) == {"a": "***"}


def test_the_longest_value_is_hidden_first() -> None:
    assert mask_secrets("abcdefgh-ijkl", hidden(["abcdefgh", "abcdefgh-ijkl"])) == "***"


@pytest.mark.parametrize("name", ["Authorization", "x-api-key", "api-key", "Cookie", "X-Auth", "x-goog-signature"])
def test_secrets_are_known_by_their_names(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", ["content-type", "openai-organization", "design", "api-version"])
def test_other_names_are_shown(name: str) -> None:
    assert not is_secret(name)


def test_secrets_in_a_url_are_hidden() -> None:
    url = "https://me:pass@h/v1/models?api-version=2024&api_key=hunter2&sig=x&flag"
    assert mask_url(url) == "https://***@h/v1/models?api-version=2024&api_key=***&sig=***&flag"
    assert mask_url("https://h/v1/models") == "https://h/v1/models"


def test_secret_values_come_from_headers_and_query() -> None:
    found = set(
        secret("https://h/?key=in-query&a=b", [("Authorization", "Bearer in-header"), ("Cookie", "sid=in-jar")])
    )
    assert {"in-query", "in-header", "in-jar", "Bearer in-header"} <= found
    assert "b" not in found
    assert list(secret("http://[broken", [])) == []


REQUEST: dict[str, Any] = {
    "model": "m",
    "messages": [
        {"role": "user", "name": "Ann", "content": "My words."},
        {"role": "user", "content": [{"type": "text", "text": "More."}]},
    ],
    "tools": [{"type": "function", "function": {"name": "look_up", "description": "Mine."}}],
    "metadata": {"purpose": "mine"},
    "modalities": ["text"],
    "temperature": 0.5,
    "stop": ["mine"],
    "user": "ann@example.org",
}


def test_the_form_of_a_request_stays_and_peoples_words_go() -> None:
    assert mask_words(REQUEST) == {
        "model": "m",
        "messages": [
            {"role": "user", "name": "<3 characters>", "content": "<9 characters>"},
            {"role": "user", "content": [{"type": "text", "text": "<5 characters>"}]},
        ],
        "tools": [{"type": "function", "function": {"name": "look_up", "description": "<5 characters>"}}],
        "metadata": {"purpose": "<4 characters>"},
        "modalities": ["<4 characters>"],
        "temperature": 0.5,
        "stop": ["<4 characters>"],
        "user": "<15 characters>",
    }


def test_the_words_of_a_request_are_what_is_masked() -> None:
    expected = {"Ann", "My words.", "More.", "Mine.", "mine", "text", "ann@example.org"}
    assert set(words(REQUEST)) == expected


@pytest.mark.parametrize("value", [None, True, 7, "text", ["a", 1], {"a": {"b": None}}], ids=repr)
def test_what_is_short_is_presented_as_it_is(value: Any) -> None:
    assert presentable(value) == value


def test_what_is_long_is_cut() -> None:
    assert presentable(["x" * 500]) == '["' + "x" * 397 + "…"
    assert excerpt("x" * 500, limit=10) == "x" * 9 + "…"


def test_what_json_cannot_say_is_shown_all_the_same() -> None:
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    assert presentable(deep) == "too deeply nested to be shown"
    assert presentable({"a": b"\xff"}) == "{'a': b'\\xff'}"
    assert presentable(float("nan")) == "NaN"
