"""OpenAI against itself, where the recordings stand beside this folder: nothing breaks, and little changes."""

from collections import Counter, defaultdict
from pathlib import Path

import pytest

from cozecheck import recordings
from cozecheck.diff import Severity, compare
from cozecheck.exchange import Exchange

OPENAI = Path(__file__).parents[3] / "shared" / "recordings" / "openai.jsonl.gz"
if not OPENAI.exists():
    pytest.skip(
        "left out: real recordings; put them at ../shared/recordings and run pytest tests/diff/test_real_recordings.py",
        allow_module_level=True,
    )
UNSETTLED = (401, 500)
"""Refusals of the key, and outages: they say nothing of the request."""


def pairs() -> list[tuple[Exchange, Exchange]]:
    """Return the first and the last answer to each request that was recorded more than once."""
    groups: defaultdict[tuple[str, str, bytes], list[Exchange]] = defaultdict(list)
    for exchange in (each.exchange for each in recordings.read(OPENAI)):
        assert exchange.response is not None
        if exchange.response.status not in UNSETTLED:
            groups[exchange.request.method, exchange.request.url, exchange.request.body].append(exchange)
    return [(group[0], group[-1]) for group in groups.values() if len(group) > 1]


def test_openai_does_not_break_against_itself() -> None:
    found = [compare(*pair) for pair in pairs()]
    worst = Counter(each[0].severity if each else Severity.NOISE for each in found)

    assert [each for differences in found for each in differences if each.severity is Severity.BREAKING] == []
    assert worst[Severity.CHANGED] < 0.2 * len(found)
