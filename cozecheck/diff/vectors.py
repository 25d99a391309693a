"""Embeddings compared by their direction."""

import base64
import binascii
import sys
from array import array
from collections.abc import Mapping
from math import hypot, isfinite
from operator import mul
from typing import Any

from cozecheck.diff.policy import Policy
from cozecheck.diff.telling import Differences, told

NEAR = 0.01
"""By how much two lengths may differ."""


def compare(was: Mapping[int, Any], now: Mapping[int, Any], policy: Policy, *, renamed: bool) -> Differences:
    """Compare what stands under `embedding`, place by place."""
    if len(was) != len(now):
        yield told("embedding.count", "/data", len(was), len(now))
    for place in was.keys() & now.keys():
        if was[place] != now[place]:
            yield from _pair(was[place], now[place], f"/data/{place}/embedding", policy, renamed=renamed)


def _pair(was: Any, now: Any, at: str, policy: Policy, *, renamed: bool) -> Differences:
    if isinstance(was, str) != isinstance(now, str) and isinstance(now, str | list):
        yield told("embedding.encoding", at, _encoding(was), _encoding(now))
    before, after = vector(was), vector(now)
    if before is None:
        return
    if after is None:
        yield told("embedding.vector", at, f"{len(before)} numbers", now)
    elif len(before) != len(after):
        yield told("embedding.dimensions", at, len(before), len(after))
    else:
        yield from _direction(before, after, at, policy, renamed=renamed)


def _direction(before: "array[float]", after: "array[float]", at: str, policy: Policy, *, renamed: bool) -> Differences:
    one, other = hypot(*before), hypot(*after)
    if one and abs(one - other) > NEAR * one:
        yield told("embedding.length", at, one, other)
    cosine = sum(map(mul, before, after)) / (one * other) if one and other else 0.0
    if one and cosine < policy.least_cosine:
        yield told("embedding.space" if renamed else "embedding.direction", at, f">= {policy.least_cosine}", cosine)


def _encoding(value: Any) -> str:
    return "base64" if isinstance(value, str) else "a list of numbers"


def vector(value: Any) -> "array[float] | None":
    """Return the numbers of a list, or of little-endian 32-bit floats in base64; None where they are none."""
    try:
        found = _decoded(value) if isinstance(value, str) else array("d", value)
    except (TypeError, ValueError, OverflowError, binascii.Error):
        return None
    return found if found and isfinite(sum(found)) else None


def _decoded(text: str) -> "array[float]":
    numbers = array("f")
    numbers.frombytes(base64.b64decode(text, validate=True))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
