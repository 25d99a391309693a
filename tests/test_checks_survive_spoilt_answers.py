"""Answers and requests of every check's own table, spoilt in one place: no check raises."""

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from cozecheck.checks import ALL
from cozecheck.checks.judging import Bench
from cozecheck.exchange import Exchange
from tests.checks.tables import BY_ID, Subject
from tests.checks.test_every_check import CASES, PAIRS
from tests.spoiling import places, spoil

SPOILT = 8
"""How many ways each exchange is spoilt in."""
ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    1.5,
    10**30,
    "",
    "null",
    "\ud800",
    [],
    [None],
    [[]],
    {},
    {"type": None},
    {"id": []},
)


def subjects() -> dict[str, list[Subject]]:
    """Return what the tables hold against each check."""
    by_id: dict[str, list[Subject]] = {check.id: [] for check in ALL}
    for case in CASES:
        by_id[case.id].append(case.subject)
    for pairs in PAIRS:
        for id, pair in pairs.items():
            by_id[id].extend(pair)
    return {id: found for id, found in by_id.items() if found}


SUBJECTS = subjects()


def worse(value: Any, chance: random.Random) -> Any:
    found = places(value)
    return spoil(value, chance.choice(found), chance.choice(ODD), drop=chance.random() < 0.3) if found else value


def rewritten(body: bytes, chance: random.Random) -> bytes:
    """Spoil a JSON body, or one event of a stream."""
    lines = body.split(b"\n")
    data = [place for place, line in enumerate(lines) if line.startswith(b"data: {")]
    try:
        if not data:
            return json.dumps(worse(json.loads(body), chance)).encode()
        place = chance.choice(data)
        lines[place] = b"data: " + json.dumps(worse(json.loads(lines[place][6:]), chance)).encode()
    except (ValueError, RecursionError):
        return body[: len(body) // 2]
    return b"\n".join(lines)


def spoilt(exchange: Exchange, chance: random.Random) -> Exchange:
    response, request = exchange.response, exchange.request
    if response is None or chance.random() < 0.2:
        return replace(exchange, request=replace(request, body=rewritten(request.body, chance)))
    return replace(exchange, response=replace(response, body=rewritten(response.body, chance)))


def versions(subject: Subject, chance: random.Random) -> Iterator[Subject]:
    for _ in range(SPOILT):
        if isinstance(subject, Mapping):
            name = chance.choice(sorted(subject))
            yield {**subject, name: spoilt(subject[name], chance)}
        else:
            yield spoilt(subject, chance)


@pytest.mark.parametrize("id", SUBJECTS)
def test_no_check_raises_at_what_is_nearly_right(id: str) -> None:
    everything, alone, chance = Bench(ALL), Bench([BY_ID[id]]), random.Random(id)
    for subject in SUBJECTS[id]:
        for version in versions(subject, chance):
            for bench in (everything, alone):
                if isinstance(version, Mapping):
                    bench.relate(BY_ID[id].scenario, version)
                else:
                    bench.judge(version)
    errors = {**everything.tallies, **alone.tallies}
    assert {id: tally.error for id, tally in errors.items() if tally.error} == {}
