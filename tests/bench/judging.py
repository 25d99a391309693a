"""How fast we judge, beside what it is measured against."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from cozecheck import recordings
from tests.bench import traffic
from tests.bench.figures import figure
from tests.bench.measures import PARSERS, command, measure
from tests.bench.traffic import Run

COMMAND = str(Path(sys.executable).with_name("cozecheck"))
RECORDINGS = Path("../shared/recordings/openai.jsonl.gz")
ROUNDS, SUITES, HELPS = 9, 3, 5
"""How often each is measured; the median counts."""
PARSER, MOST_TIMES = "json.loads", 10.0
"""Judging may cost so many times what this parser costs."""
MOST_SUITE, MOST_HELP = 10.0, 0.2
"""Seconds that the suite and `--help` may take."""


def main() -> None:
    """Print every figure, beside what it is measured against and what is aimed at."""
    for title, runs in _traffics():
        for line in _judged(title, runs):
            print(line, flush=True)
    suite = command([COMMAND, "conformance", "--quiet", "--no-progress"], SUITES)
    print(figure(f"suite, bundled server, median of {SUITES}", suite, "s", most=MOST_SUITE), flush=True)
    print(figure(f"--help, median of {HELPS}", command([COMMAND, "--help"], HELPS), "s", most=MOST_HELP))


def _traffics() -> Iterator[tuple[str, Sequence[Run]]]:
    yield "traffic of the reference server", traffic.of_the_reference_server()
    if RECORDINGS.exists():
        yield RECORDINGS.name, (Run("", tuple(each.exchange for each in recordings.read(RECORDINGS))),)


def _judged(title: str, runs: Sequence[Run]) -> Iterator[str]:
    texts = tuple(traffic.json_texts(runs))
    count, size = sum(len(run.exchanges) for run in runs), sum(map(len, texts))
    yield f"{title}: {count:,} exchanges with {len(texts):,} JSON texts of {size:,} bytes, median of {ROUNDS}, one core"
    rounds = [measure([run.fresh() for run in runs], texts) for _ in range(ROUNDS)]
    yield _rate("judging", count, median(each.judging for each in rounds))
    for name in PARSERS:
        yield _rate(f"parsing with {name}", count, median(each.parsing[name] for each in rounds))
    for name in PARSERS:
        times = median(each.judging / each.parsing[name] for each in rounds)
        yield figure(f"  judging beside {name}", times, "times", most=MOST_TIMES if name == PARSER else None)


def _rate(name: str, count: int, seconds: float) -> str:
    return f"  {name:<32}{count / seconds:>10,.0f} exchanges/s  {seconds * 1000:>9,.1f} ms"
