"""Files given back: the output of a batch line by line, others byte by byte."""

from typing import Any

from cozecheck.diff.telling import Differences, told
from cozecheck.exchange import ABSENT, parse_json

PROMISED = ("id", "custom_id", "response", "error")
IN_RESPONSE = ("status_code", "request_id", "body")
IN_BODY = ("object", "choices", "error")


def compare(was: bytes, now: bytes) -> Differences:
    """Compare what two servers give back of one file."""
    before, after = _lines(was), _lines(now)
    if not before:
        if was != now:
            yield told("answer.file", "", f"{len(was)} bytes", f"{len(now)} bytes")
        return
    if before.keys() != after.keys():
        yield told("value.kept", "/custom_id", sorted(before), sorted(after))
    for id in before.keys() & after.keys():
        yield from _keys(before[id], after[id], "", PROMISED)
        yield from _keys(_inner(before[id]), _inner(after[id]), "/response", IN_RESPONSE)
        yield from _keys(_inner(before[id], "body"), _inner(after[id], "body"), "/response/body", IN_BODY)


def _lines(content: bytes) -> dict[str, dict[str, Any]]:
    """Return the lines of a batch's output by their custom_id; empty where it is none."""
    values = [parse_json(line).value for line in content.splitlines() if line.strip()]
    return {each["custom_id"]: each for each in values if isinstance(each, dict) and "custom_id" in each}


def _inner(line: dict[str, Any], *keys: str) -> dict[str, Any]:
    found: Any = line
    for key in ("response", *keys):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _keys(was: dict[str, Any], now: dict[str, Any], at: str, promised: tuple[str, ...]) -> Differences:
    for key in promised:
        if key in was and key not in now:
            yield told("structure.missing", f"{at}/{key}", was[key], ABSENT)
