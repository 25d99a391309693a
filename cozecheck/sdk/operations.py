"""Every operation of the installed SDK, found by driving its client."""

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any, Final
from urllib.parse import unquote

import httpx2
from openai._resource import SyncAPIResource

from cozecheck.contract.operations import Operation
from cozecheck.sdk.client import PLACEHOLDER, call, client, hushed

ANOTHER_KEY: Final = "admin"
"""The resource whose operations want a key that no application has."""
_NO_OPERATION: Final = re.compile(r"_|.*poll$|wait|connect$|upload_|unwrap$|verify_|with_.*_response$")
"""Methods that send more than one request, wait, or send none."""
_USUAL: Final = ("create", "generate", "list", "retrieve", "content")


def discovered() -> tuple[Operation, ...]:
    """Return every operation outside `admin`, one for each method and path, by name; takes some three seconds."""
    sent: list[httpx2.Request] = []

    def record(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        return httpx2.Response(400)

    found: dict[tuple[str, str], str] = {}
    with hushed():
        for name, method in sorted(_methods(client(record), ""), key=_rank):
            sent.clear()
            _drive(method)
            if sent:
                found.setdefault((sent[0].method, _template(sent[0])), name)
    return tuple(sorted((Operation(name, *where) for where, name in found.items()), key=lambda each: each.name))


def _methods(resource: Any, prefix: str) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, member in inspect.getmembers_static(type(resource)):
        path = f"{prefix}{name}"
        if _NO_OPERATION.match(name) or path == ANOTHER_KEY:
            continue
        if isinstance(member, cached_property | property):
            inner = getattr(resource, name)
            if isinstance(inner, SyncAPIResource):
                yield from _methods(inner, f"{path}.")
        elif prefix and inspect.isfunction(member):
            yield path, getattr(resource, name)


def _rank(found: tuple[str, Callable[..., Any]]) -> tuple[bool, bool, str]:
    """Put first by what name an operation is known best: not as a beta, not as a helper like `parse`."""
    name = found[0]
    return name.startswith("beta."), name.rpartition(".")[2] not in _USUAL, name


def _drive(method: Callable[..., Any]) -> None:
    """Call *method* with placeholders for what it requires, then for all it takes, until a request goes out."""
    for whole in (False, True):
        try:
            _open(call(method, whole=whole))
        except TypeError:
            continue
        except Exception:  # noqa: S110 - what went out is recorded; what comes of it is not asked
            pass
        return


def _open(result: Any) -> None:
    """Enter what asks only when it is entered: the managers of streams."""
    with suppress(AttributeError, TypeError), result:
        pass


def _template(request: httpx2.Request) -> str:
    parts = unquote(request.url.path).removeprefix("/v1").split("/")
    return "/".join("{}" if part == PLACEHOLDER else part for part in parts)
