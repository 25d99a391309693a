"""Rows of the tables of checks: an exchange, and what a check says of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from cozecheck.checks import ALL
from cozecheck.checks.judging import Bench
from cozecheck.exchange import Exchange
from cozecheck.findings import DEPARTURE, Outcome

BY_ID = {check.id: check for check in ALL}
Subject = Exchange | Mapping[str, Exchange]


@dataclass(frozen=True, slots=True)
class Case:
    """A check, an exchange (or, for a relation, those of a scenario), the outcome, and where it departs."""

    id: str
    what: str
    subject: Subject
    outcome: Outcome
    at: str = ""

    def __str__(self) -> str:
        return f"{self.id}: {self.what}"


def departs(id: str, what: str, subject: Subject, at: str) -> Case:
    """The check reports a departure at this place."""
    return Case(id, what, subject, DEPARTURE[BY_ID[id].level], at)


def holds(id: str, what: str, subject: Subject) -> Case:
    """The check judges it and finds nothing."""
    return Case(id, what, subject, Outcome.PASS)


def unsettled(id: str, what: str, subject: Subject) -> Case:
    """The check looks, and can't tell."""
    return Case(id, what, subject, Outcome.INCONCLUSIVE)


def unsupported(id: str, what: str, subject: Subject) -> Case:
    """The target says that it does not have it."""
    return Case(id, what, subject, Outcome.UNSUPPORTED)


def ignored(id: str, what: str, subject: Subject) -> Case:
    """The check is not for this."""
    return Case(id, what, subject, Outcome.SKIP)


def found(case: Case) -> tuple[Outcome, str]:
    """Return what the check says, beside all others, and where it first departs."""
    bench, check = judged(case.subject, case.id), BY_ID[case.id]
    places = [each.problem.at for each in bench.departures if each.check is check]
    return bench.tallies[case.id].outcome(check)[0], places[0] if places else ""


def judged(subject: Subject, relation: str = "") -> Bench:
    """Hold an exchange, or the exchanges of the *relation*'s scenario, against every check."""
    bench = Bench(ALL)
    if isinstance(subject, Exchange):
        bench.judge(subject)
    else:
        bench.relate(BY_ID[relation].scenario, subject)
    return bench


def departures(subject: Exchange) -> set[str]:
    """Return the ids of the checks that one exchange departs from."""
    return {each.check.id for each in judged(subject).departures}
