"""A difference in the words of a report."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from cozecheck import diff
from cozecheck.contract.operations import operation
from cozecheck.curl import curl
from cozecheck.diff import Difference, Severity
from cozecheck.exchange import Exchange, Request
from cozecheck.findings import DEPARTURE, Basis, Finding, Level
from cozecheck.masking import excerpt, hidden, mask_secrets, presentable, secret_values, words

LEVELS: Final = {Severity.BREAKING: Level.MUST, Severity.CHANGED: Level.SHOULD, Severity.COSMETIC: Level.MAY}


def finding(difference: Difference, original: Exchange, candidate: Exchange, secrets: Iterable[str] = ()) -> Finding:
    """Return the finding of a difference; nothing shows the *secrets*, or people's own words in the requests."""
    private = (word for each in (original, candidate) for word in _private(each.request))
    known = hidden((*secrets, *private))
    asked = operation(candidate.request)
    return replace(
        of_run(difference, known),
        operation=asked.name if asked else "",
        exchange=candidate.id,
        curl=mask_secrets(curl(candidate.request, masked=True), known),
    )


def of_run(difference: Difference, known: Iterable[str] = ()) -> Finding:
    """Return the finding of a difference that no single answer shows; what is *known* to be secret is hidden."""
    rule = diff.RULES[difference.rule]
    level = LEVELS[difference.severity]
    return Finding(
        id=rule.id,
        outcome=DEPARTURE[level],
        level=level,
        basis=Basis.BEHAVIOUR,
        requirement=rule.requirement or rule.reason,
        expected=excerpt(difference.expected, known) or '""',
        actual=presentable(difference.actual, known),
        at=mask_secrets(difference.at, known),
        cite=rule.reason,
        breaks=(rule.breaks,) if rule.breaks else (),
        remedy=rule.remedy,
    )


def _private(request: Request) -> Iterator[str]:
    """Yield what an answer may repeat, and a report must not."""
    yield from secret_values(request.url, request.headers.lines)
    yield from words(request.parsed.value)
