"""What stands out in the numbers, named: pure functions of what was measured."""

import math
from collections.abc import Iterator
from typing import Any

from cozecheck.histograms import Histogram
from generator.measures import Measures, Tally
from generator.searching import wilson

FEW = 200
"""Requests below which nothing is said."""
FAR = 3.0
"""Late is beyond so many times what nine of ten take."""
RARE = 0.05
APART = 4.0
"""Above a threshold, failures must be so many times as likely as below it could still be."""


def observations(measures: Measures) -> list[dict[str, Any]]:
    """Return what was seen, each with its kind, operation and words."""
    return [
        {"operation": name, **each}
        for name, tally in measures.tallies.items()
        for each in (*_late(tally), *_crowded(tally), *_mixed_up(tally))
    ]


def _late(tally: Tally) -> Iterator[dict[str, Any]]:
    """A few answers far later than all the others."""
    for metric in ("ttft", "e2e"):
        histogram = tally.durations.get(metric)
        if histogram is None or histogram.count < FEW:
            continue
        usual = histogram.percentile(90)
        late = [(upper, count) for upper, count in histogram.buckets() if upper > FAR * usual]
        share = sum(count for _, count in late) / histogram.count
        if 0 < share <= RARE and not _spread(histogram, usual):
            words = f"{metric}: {share:.2%} took {late[0][0]:.3f} s or longer, nine of ten at most {usual:.3f} s"
            yield {"kind": "late", "metric": metric, "share": share, "words": words}
            return


def _spread(histogram: Histogram, usual: float) -> bool:
    """Whether the times between usual and late are filled as well: a long tail, not a few that were late."""
    between = histogram.share_above(1.5 * usual) - histogram.share_above(FAR * usual)
    return between > histogram.share_above(FAR * usual)


def _crowded(tally: Tally) -> Iterator[dict[str, Any]]:
    """Failures that begin when more than so many are in flight."""
    crowds = sorted(tally.crowds.items())
    sent = sum(count for _, (count, _) in crowds)
    failed = sum(count for _, (_, count) in crowds)
    if sent < FEW or not failed:
        return
    below_sent = below_failed = 0
    best: tuple[float, int, int, int] | None = None
    for in_flight, (count, bad) in crowds:
        above_sent, above_failed = sent - below_sent, failed - below_failed
        if below_sent >= FEW // 4 and above_sent >= FEW // 4:
            apart = wilson(above_failed, above_sent)[0] > APART * wilson(below_failed, below_sent)[1]
            fit = _likelihood(below_failed, below_sent) + _likelihood(above_failed, above_sent)
            if apart and (best is None or fit > best[0]):
                best = (fit, in_flight, above_failed, above_sent)
        below_sent += count
        below_failed += bad
    if best:
        _, threshold, bad, count = best
        above = f"{bad:,} of {count:,} failed with {threshold:,} or more in flight"
        words = f"{above}, {failed - bad:,} of {sent - count:,} with fewer"
        yield {"kind": "concurrency", "in_flight": threshold, "share": bad / count, "words": words}


def _likelihood(failed: int, sent: int) -> float:
    """Return how likely so many failures are where each is as likely as the others: a natural logarithm."""
    return sum(count * math.log(count / sent) for count in (failed, sent - failed) if count)


def _mixed_up(tally: Tally) -> Iterator[dict[str, Any]]:
    """Answers that belong to somebody else."""
    if crossed := tally.counts["canaries_foreign"]:
        words = f"{crossed:,} of {tally.counts['finished']:,} answers held what only another request said"
        yield {"kind": "cross-talk", "count": crossed, "words": words}
