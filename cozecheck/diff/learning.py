"""What is noise, learned from the original against itself."""

from collections import Counter
from collections.abc import Iterable, Mapping
from math import exp, lgamma

from cozecheck.diff.comparing import compare
from cozecheck.diff.difference import Difference, Severity
from cozecheck.diff.noise import Noise, NoiseRule, operation_name
from cozecheck.diff.paths import field
from cozecheck.diff.telling import told
from cozecheck.exchange import Exchange

LEAST_RATE = 0.01
"""A place that differs more rarely in the original is not noisy: it went wrong once."""
DOUBT = 0.05
"""How sure it must be that a place differs at least that often."""
SURPRISE = 0.01
"""How unlikely a candidate's count must be to be too many."""

Key = tuple[str, str, str]


def learn(pairs: Iterable[tuple[Exchange, Exchange]]) -> Noise:
    """Learn from pairs of the original's answers to one request which places are noisy.

    Per operation, field path (places in lists left open) and rule: in k of the operation's n pairs the original
    differs from itself there. It is noise where the exact binomial (Clopper-Pearson) lower bound of that rate, at 95 %
    one-sided, is above 1 %: that is P(X >= k | n, 0.01) < 0.05. So 1 of 5 pairs is enough, 1 of 100 is not, and a place
    that never differed is never noise, however few the pairs. Diffy's rule compares two counts by their ratio, without
    regard to how few they are. Whether a candidate differs at a noisy place more often than the original from itself
    is asked by `excess`, over a whole run.
    """
    pairs_of: Counter[str] = Counter()
    seen: Counter[Key] = Counter()
    for one, other in pairs:
        name = operation_name(one.request)
        pairs_of[name] += 1
        found = (each for each in compare(one, other) if each.severity is not Severity.NOISE)
        seen.update({(name, field(each.at), each.rule) for each in found})
    return Noise(
        tuple(
            NoiseRule(path, f"differs in {k} of {pairs_of[name]} pairs", name, rule, seen=k, of=pairs_of[name])
            for (name, path, rule), k in sorted(seen.items())
            if at_least(k, pairs_of[name], LEAST_RATE) < DOUBT
        )
    )


def excess(
    noise: Noise, compared: Mapping[str, int], found: Iterable[tuple[str, Difference]]
) -> tuple[Difference, ...]:
    """Return the learned rules that cover too many differences, by operation compared and differences found.

    One-sided exact test (Fisher's) of the candidate's count against the original's own, at one in a hundred.
    """
    counts: Counter[NoiseRule] = Counter()
    operations: dict[NoiseRule, str] = {}
    for name, difference in found:
        rule = noise.rule(difference, name)
        if rule and rule.of:
            counts[rule] += 1
            operations[rule] = name
    return tuple(
        told("noise.excess", rule.path, f"{rule.seen} of {rule.of}", f"{count} of {compared[operations[rule]]}")
        for rule, count in counts.items()
        if fisher(min(count, compared[operations[rule]]), compared[operations[rule]], rule.seen, rule.of) < SURPRISE
    )


def at_least(k: int, n: int, rate: float) -> float:
    """Return the probability of *k* or more of *n*, each with probability *rate*."""
    below = sum(exp(_choose(n, i)) * rate**i * (1 - rate) ** (n - i) for i in range(k))
    return max(0.0, 1.0 - below)


def fisher(k: int, n: int, other_k: int, other_n: int) -> float:
    """Return the probability that *k* or more of all that differ fall among *n* and not among *other_n*."""
    differing, total = k + other_k, _choose(n + other_n, k + other_k)
    most = min(n, differing)
    terms = ((i, differing - i) for i in range(k, most + 1) if differing - i <= other_n)
    return sum(exp(_choose(n, i) + _choose(other_n, rest) - total) for i, rest in terms)


def _choose(n: int, k: int) -> float:
    """Return the logarithm of the number of ways to choose *k* of *n*."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
