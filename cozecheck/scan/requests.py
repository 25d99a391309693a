"""Requests that are sent by hand: requests, httpx, aiohttp, fetch."""

from collections.abc import Mapping
from typing import Final

from cozecheck.scan.arguments import Argument, arguments
from cozecheck.scan.code import Call, Expression, Scope
from cozecheck.scan.resolving import World
from cozecheck.scan.sdk import at_path
from cozecheck.scan.values import Partial, Word

SENDERS: Final = ("requests", "httpx", "httpx2", "aiohttp", "urllib3", "axios", "fetch", "got", "undici", "ky")
METHODS: Final = ("get", "post", "put", "patch", "delete", "request", "stream", "send")

Found = tuple[str, tuple[Argument, ...], str]
"""An operation, the parameters of its body, and what sends it."""


def http_request(world: World, path: str, call: Call, scope: Scope) -> Found | None:
    """Return what a call of *path*, a function of some library, asks the API for; None where it does not."""
    package, method = path.partition(".")[0], path.rpartition(".")[2].lower()
    if package not in SENDERS or (method not in METHODS and package not in ("fetch", "axios", "got", "ky", "undici")):
        return None
    given = {each.name: each for each in arguments(world, call, scope).given}
    texts = [text for each in call.arguments[:2] for text in _texts(world, each, scope)]
    verb = _verb(world, method, texts, given)
    operations = [found for text in texts if (found := at_path(verb, text))]
    if not operations:
        return None
    return operations[0], (*_body(given), *_headers(given)), package


def _texts(world: World, expression: Expression, scope: Scope) -> list[str]:
    found = world.values(expression, scope)
    whole = [each.value for each in found if isinstance(each, Word) and isinstance(each.value, str)]
    return [*whole, *(each.text for each in found if isinstance(each, Partial))]


def _verb(world: World, method: str, texts: list[str], given: Mapping[str, Argument]) -> str:
    named = world.texts(given["method"].value, given["method"].scope) if "method" in given else ()
    spoken = [text for text in texts if text.upper() in ("GET", "POST", "DELETE")]
    return next(iter((*named, *spoken)), "get" if method == "fetch" else method)


def _body(given: Mapping[str, Argument]) -> list[Argument]:
    """Return the body as one argument; JSON.stringify(x) and json.dumps(x) are x."""
    for name in ("json", "body", "data"):
        if name in given:
            return [_unpacked(given[name])]
    return []


def _headers(given: Mapping[str, Argument]) -> list[Argument]:
    own = given.get("headers", given.get("extra_headers"))
    return [Argument("extra_headers", own.value, own.scope)] if own else []


def _unpacked(body: Argument) -> Argument:
    value = body.value
    if isinstance(value, Call) and value.arguments:
        value = value.arguments[0]
    return Argument("json", value, body.scope)
