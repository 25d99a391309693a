"""Texts compared by what the request asked for."""

from collections.abc import Mapping
from typing import Any

from cozecheck.contract import schemas
from cozecheck.diff.policy import Policy
from cozecheck.diff.telling import Differences, told
from cozecheck.exchange import ABSENT, parse_json


def compare(was: str, now: str, at: str, asked: Mapping[str, Any], policy: Policy) -> Differences:
    """Compare two texts that differ."""
    wanted = wanted_format(asked)
    if (found := _stop_in(now, asked)) and not _stop_in(was, asked):
        yield told("text.stop", at, f"an end before {found!r}", now)
    elif _is_echo(was, asked) and not _is_echo(now, asked):
        yield told("text.echo", at, "the prompt, and then more", now)
    elif wanted.get("type") in ("json_object", "json_schema"):
        yield from _json(was, now, at, wanted)
    else:
        yield from _prose(was, now, at, policy)


def _stop_in(text: str, asked: Mapping[str, Any]) -> str:
    stops = asked.get("stop")
    listed = stops if isinstance(stops, list) else [stops]
    return next((each for each in listed if isinstance(each, str) and each and each in text), "")


def _is_echo(text: str, asked: Mapping[str, Any]) -> bool:
    prompt = asked.get("prompt")
    return asked.get("echo") is True and isinstance(prompt, str) and text.startswith(prompt)


def wanted_format(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the format of text that a request asks for; empty where it asks for none."""
    text = asked.get("text")
    wanted = asked.get("response_format") or (text.get("format") if isinstance(text, dict) else None)
    return wanted if isinstance(wanted, dict) else {}


def _json(was: str, now: str, at: str, wanted: Mapping[str, Any]) -> Differences:
    before, after = parse_json(was).value, parse_json(now).value
    named = wanted.get("json_schema")
    schema = named.get("schema") if isinstance(named, dict) else wanted.get("schema")
    if before is ABSENT:
        yield told("text.wording", at, was, now)
    elif after is ABSENT:
        yield told("text.json", at, "JSON", now)
    elif isinstance(schema, dict) and not schemas.faults(schema, before) and schemas.faults(schema, after):
        place, fault = schemas.faults(schema, after)[0]
        yield told("text.schema", at + place, "as in the schema", fault)
    else:
        yield told("text.wording", at, was, now)


def _prose(was: str, now: str, at: str, policy: Policy) -> Differences:
    if are_far_apart(len(was), len(now), policy):
        yield told("text.length", at, was, now)
    elif policy.similarity and policy.similarity(was, now) < policy.least_similarity:
        yield told("text.meaning", at, was, now)
    else:
        yield told("text.wording", at, was, now)


def are_far_apart(one: float, other: float, policy: Policy) -> bool:
    """Say whether two sizes differ by more than may be."""
    small, large = sorted((one, other))
    return large - small > policy.fewest and large > small * policy.most_times
