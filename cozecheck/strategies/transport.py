"""Requests broken as a whole: their bytes, their headers, their method."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cozecheck.strategies.breaking import DEEP_MARK
from cozecheck.strategies.case import Case

Writer = Callable[[bytes, int], bytes]
"""Breaks the bytes of a JSON object; a number in 0..999 says where."""
DEPTH = 1000
HUGE = 256 * 1024
IS_JSON = (("content-type", "application/json"),)
WHERE = st.integers(0, 999)


def write(body: Mapping[str, Any]) -> bytes:
    """Write a body; in place of the mark for depth come arrays in arrays, deeper than writers go."""
    text = json.dumps(body, ensure_ascii=False)
    return text.replace(json.dumps(DEEP_MARK), "[" * DEPTH + "]" * DEPTH).encode()


def _cut(body: bytes, where: int) -> bytes:
    return body[: 1 + where * (len(body) - 1) // 1000]


def _first(insert: bytes) -> Writer:
    return lambda body, _where: b"{" + insert + (b", " if body != b"{}" else b"") + body[1:]


def _after(insert: bytes) -> Writer:
    return lambda body, _where: body + insert


def _instead(*bodies: bytes) -> Writer:
    return lambda _body, where: bodies[where % len(bodies)]


def _doubled(body: bytes, _where: int) -> bytes:
    """Write the first key twice, with another value the second time."""
    key = json.dumps(next(iter(json.loads(body)), "metadata")).encode()
    return body[:-1] + b", " * (body != b"{}") + key + b": 7, " + key + b": null}"


WRITERS: Mapping[str, Writer] = MappingProxyType(
    {
        "truncated-json": _cut,
        "not-an-object": _instead(b"[]", b"null", b'"text"', b"7", b"[{}]", b"true"),
        "not-utf8": _first(b'"x\xff\xfe": "\xc3\x28"'),
        "duplicate-key": _doubled,
        "lone-surrogate": _first(rb'"user": "\ud83d"'),
        "not-finite": _first(b'"temperature": NaN'),
        "trailing-bytes": _after(b'} {"model": ""}'),
        "empty-body": _instead(b""),
        "huge-body": _after(b" " * HUGE),
        "deep-unknown": _first(b'"not_a_parameter": ' + b"[" * DEPTH + b"]" * DEPTH),
    }
)
CONTENT_TYPES = ("text/plain", "application/xml", "application/x-www-form-urlencoded", "json", ";")
METHODS = ("PUT", "PATCH")


def in_bytes(case: Case, mutation: str, where: int) -> Case:
    """Break the bytes of a legal request."""
    content = WRITERS[mutation](write(case.send.json or {}), where)
    return replace(case, send=replace(case.send, json=None, content=content, headers=IS_JSON), mutation=mutation)


def called(case: Case, mutation: str, where: int) -> Case:
    """Call the body something else than it is."""
    named = (("content-type", CONTENT_TYPES[where % len(CONTENT_TYPES)]),)
    return replace(case, send=replace(case.send, json=None, content=case.send.body, headers=named), mutation=mutation)


def asked_by(case: Case, mutation: str, where: int) -> Case:
    """Use a method that the path does not have."""
    return replace(case, send=replace(case.send, method=METHODS[where % len(METHODS)]), mutation=mutation)


BREAKERS: Mapping[str, Callable[[Case, str, int], Case]] = MappingProxyType(
    {**dict.fromkeys(WRITERS, in_bytes), "wrong-content-type": called, "wrong-method": asked_by}
)


def mutated(legal: SearchStrategy[Case], *, without: frozenset[str] = frozenset()) -> SearchStrategy[Case]:
    """Draw a legal request and break it as a whole."""
    names = st.sampled_from(tuple(name for name in BREAKERS if name not in without))
    return st.builds(lambda case, name, where: BREAKERS[name](case, name, where), legal, names, WHERE)
