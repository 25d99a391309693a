"""The official client with nobody at the other end, and calls without meaning."""

import inspect
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx2
from openai import OpenAI

PLACEHOLDER: Final = "x-placeholder-x"
"""Stands for every argument; where it turns up in a path, an id belongs."""

_OF_ALL: Final = frozenset(("extra_headers", "extra_query", "extra_body", "timeout"))
"""Arguments that every method takes, about the request and not the operation."""

Answer = Callable[[httpx2.Request], httpx2.Response]


def client(answer: Answer) -> OpenAI:
    """Return the official client whose requests go to *answer* and nowhere else."""
    transport = httpx2.Client(transport=httpx2.MockTransport(answer))
    return OpenAI(base_url="http://sdk.invalid/v1", api_key="none", max_retries=0, http_client=transport)


def call(method: Callable[..., Any], *, whole: bool = False, **arguments: Any) -> Any:
    """Call a method of the client with placeholders for what it requires, or for the *whole* of what it takes."""
    taken = inspect.signature(method).parameters.items()
    wanted = {name: _placeholder(each) for name, each in taken if each.default is each.empty or whole}
    return method(**{name: value for name, value in wanted.items() if name not in _OF_ALL} | arguments)


def _placeholder(parameter: inspect.Parameter) -> str | bytes:
    is_file = any(word in str(parameter.annotation) for word in ("FileTypes", ".Video"))
    return PLACEHOLDER.encode() if is_file else PLACEHOLDER


@contextmanager
def hushed() -> Iterator[None]:
    """Keep back what the SDK warns of: deprecated methods, and values that do not fit its types."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
