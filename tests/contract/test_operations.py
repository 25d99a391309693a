"""Paths and methods to operations."""

import pytest

from cozecheck.contract.operations import api_path, is_known_path, methods, operation
from cozecheck.exchange import Request


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/chat/completions", "/chat/completions"),
        ("/v1/chat/completions/", "/chat/completions"),
        ("/v1", ""),
        ("/proxy/openai/v1/models/org/model", "/models/org/model"),
        ("/api/v3/models", "/models"),
        ("/v1beta/models", "/models"),
        ("/openai/deployments/gpt-4/chat/completions", "/chat/completions"),
        ("/chat/completions", "/chat/completions"),
        ("/metrics", None),
        ("/", None),
        ("", None),
    ],
)
def test_the_path_of_the_api_is_what_follows_the_version(path: str, expected: str | None) -> None:
    assert api_path(path) == expected


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/v1/chat/completions", "chat.completions.create"),
        ("POST", "/v1/chat/completions?api-version=1", "chat.completions.create"),
        ("GET", "/v1/chat/completions", "chat.completions.list"),
        ("GET", "/v1/models", "models.list"),
        ("GET", "/v1/models/org/model", "models.retrieve"),
        ("GET", "/v1/models/", "models.list"),
        ("GET", "/v1/responses/resp_1/input_items", "responses.input_items.list"),
        ("PUT", "/v1/chat/completions", None),
        ("POST", "/v1/rerank", None),
    ],
)
def test_an_operation_is_known_by_method_and_path(method: str, path: str, expected: str | None) -> None:
    found = operation(Request(method, f"http://127.0.0.1:8000{path}"))

    assert (found.name if found else None) == expected


def test_only_what_openai_serves_is_a_known_path() -> None:
    assert is_known_path("/files/file-1")
    assert not is_known_path("/no-such-endpoint")


def test_the_methods_of_a_path_are_those_of_its_operations() -> None:
    assert methods("/chat/completions") == {"GET", "POST"}
    assert methods("/nowhere") == frozenset()
