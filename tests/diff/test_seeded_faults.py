"""One fault among many noisy answers: it is found, and nothing else is."""

import random
from itertools import islice

import pytest

from cozecheck.diff import Severity, compare
from cozecheck.exchange import Exchange
from tests.diff.answers import pairs
from tests.diff.faults import FAULTS

PAIRS = pairs(110, seed=5)
SOME = 4
ONLY_RECORDED: frozenset[str] = frozenset()


def is_breaking(original: Exchange, candidate: Exchange) -> bool:
    return any(each.severity is Severity.BREAKING for each in compare(original, candidate))


def test_there_are_many_kinds() -> None:
    assert len(FAULTS) >= 40


def test_good_answers_differ_by_noise_only() -> None:
    found = {each for pair in PAIRS for each in compare(*pair) if each.severity is not Severity.NOISE}

    assert not found


@pytest.mark.parametrize("name", FAULTS)
def test_a_seeded_fault_is_breaking(name: str) -> None:
    chance = random.Random(name)
    seeded = ((original, FAULTS[name](second, chance)) for original, second in PAIRS)
    spoilt = list(islice(((original, fault) for original, fault in seeded if fault), SOME))

    assert spoilt
    assert all(is_breaking(*pair) for pair in spoilt)
