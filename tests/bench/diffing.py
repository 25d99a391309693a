"""How well differences are told from noise, and how fast."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path
from time import perf_counter

from cozecheck import recordings
from cozecheck.diff import Severity, compare
from cozecheck.exchange import Exchange
from tests.bench.figures import figure
from tests.bench.traffic import Run
from tests.diff.answers import pairs
from tests.diff.faults import FAULTS
from tests.diff.large import embeddings, long_list, long_stream

RECORDINGS = Path("../shared/recordings/openai.jsonl.gz")
UNSETTLED = (401, 403, 408, 429)
EACH = 20
"""How often each kind of fault is seeded."""
AUTHORED = 2_200
ROUNDS = 5
MOST = 100.0
"""Milliseconds that a large answer may take."""

Pairs = Sequence[tuple[Exchange, Exchange]]


def main() -> None:
    """Print precision and recall over seeded faults, the noise of the original, and the speed."""
    for title, found in _traffics():
        _seeded(title, found)
    for name, make in (("3,000 messages", long_list), ("2,000 chunks", long_stream), ("16 x 6,144", embeddings)):
        times = [_timed(make(1), make(2)) for _ in range(ROUNDS)]
        print(figure(f"  {name}, best of {ROUNDS}", min(times) * 1000, "ms", most=MOST), flush=True)


def _traffics() -> Iterator[tuple[str, Pairs]]:
    yield "authored answers, in other words each time", pairs(AUTHORED, seed=1)
    if RECORDINGS.exists():
        yield f"OpenAI against itself, {RECORDINGS.name}", tuple(_second_answers(RECORDINGS))


def _second_answers(path: Path) -> Iterator[tuple[Exchange, Exchange]]:
    """Yield two answers to one request, both ways; not where one says nothing of the request, or is half lost."""
    groups: defaultdict[tuple[str, str, bytes], list[Exchange]] = defaultdict(list)
    for exchange in (each.exchange for each in recordings.read(path)):
        if _is_settled(exchange):
            request = exchange.request
            groups[request.method, request.url, request.body].append(exchange)
    for group in groups.values():
        yield from permutations(group, 2)


def _is_settled(exchange: Exchange) -> bool:
    response = exchange.response
    assert response is not None
    return response.status < 500 and response.status not in UNSETTLED and not response.decoded.fault


def _seeded(title: str, found: Pairs) -> None:
    print(f"{title}: {len(found):,} pairs, {len(FAULTS)} kinds of faults, each seeded into {EACH} at most")
    fresh = [(_fresh(one), _fresh(other)) for one, other in found]
    began = perf_counter()
    worst = [_worst(*pair) for pair in fresh]
    seconds = perf_counter() - began
    false = worst.count(Severity.BREAKING)
    seeded = list(_faults(found))
    hits = sum(_worst(*pair) is Severity.BREAKING for _, pair in seeded)
    missed = sorted({name for name, pair in seeded if _worst(*pair) is not Severity.BREAKING})
    changed = worst.count(Severity.CHANGED) / len(worst)
    print(f"  compared{len(worst) / seconds:>40,.0f} pairs/s")
    print(f"  nothing but noise {sum(each in (None, Severity.NOISE) for each in worst) / len(worst):>30.1%}")
    print(f"  cosmetic at worst {worst.count(Severity.COSMETIC) / len(worst):>30.1%}   changed at worst {changed:.1%}")
    print(figure(f"  recall of {len(seeded):,} seeded faults", 100 * hits / len(seeded), "%", least=100))
    print(figure("  precision of breaking", 100 * hits / (hits + false), "%", least=100))
    print(f"  false breaking {false}; missed: {', '.join(missed) or 'none'}", flush=True)


def _worst(original: Exchange, candidate: Exchange) -> Severity | None:
    found = compare(original, candidate)
    return found[0].severity if found else None


def _faults(found: Pairs) -> Iterator[tuple[str, tuple[Exchange, Exchange]]]:
    """Yield pairs with one fault each, drawn by chance, with the fault's name."""
    for name, seed in FAULTS.items():
        chance = random.Random(name)
        drawn = chance.sample(range(len(found)), len(found))
        spoilt = ((found[place][0], seed(found[place][1], chance)) for place in drawn)
        able = ((name, (original, each)) for original, each in spoilt if each)
        yield from (pair for _, pair in zip(range(EACH), able, strict=False))


def _fresh(exchange: Exchange) -> Exchange:
    return Run("", (exchange,)).fresh().exchanges[0]


def _timed(original: Exchange, candidate: Exchange) -> float:
    began = perf_counter()
    compare(original, candidate)
    return perf_counter() - began
