"""Differences told by their rules."""

from collections.abc import Iterator
from typing import Any

from cozecheck.diff.difference import Difference
from cozecheck.diff.references import plain
from cozecheck.diff.rules import RULES

Differences = Iterator[Difference]


def told(rule: str, at: str, expected: Any, actual: Any) -> Difference:
    """Return a difference with the severity of its *rule*, named without `diff.`."""
    found = RULES[f"diff.{rule}"]
    return Difference(found.id, found.severity, at, plain(expected), plain(actual))
