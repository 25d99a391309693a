"""What fails, grouped by who breaks."""

from collections.abc import Iterable

from cozecheck.findings import Finding, Outcome
from cozecheck.listed import Impact, Item


def impacts(findings: Iterable[Finding], items: Iterable[Item]) -> tuple[Impact, ...]:
    """Group the failures that nobody accepted by the clients they break, the most broken first."""
    failing = [each for each in findings if each.outcome is Outcome.FAIL and not each.baselined]
    by_client: dict[str, list[Finding]] = {}
    for finding in failing:
        for words in finding.breaks:
            by_client.setdefault(words.partition(":")[0], []).append(finding)
    listed = tuple(items)
    made = (_impact(client, own, listed) for client, own in by_client.items())
    return tuple(sorted(made, key=lambda each: (-len(each.checks), each.client)))


def _impact(client: str, findings: Iterable[Finding], items: Iterable[Item]) -> Impact:
    own = tuple(findings)
    checks = _once(each.id for each in own)
    return Impact(
        client=client,
        checks=checks,
        items=tuple(item.id for item in items if not set(item.checks).isdisjoint(checks)),
        remedies=_once(each.remedy for each in own if each.remedy),
        evidence=_once(words for each in own for words in each.evidence),
    )


def _once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))
