"""A gate, as the command line wants it: every road that is asked for, one after the other, and one verdict."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from cozecheck import bundled, diff, scenarios
from cozecheck import gate as policy
from cozecheck.checklist import Terms
from cozecheck.checks.conclusion import moment
from cozecheck.cli import asking, live, loading, replaying, reports, scanning, selection, signing
from cozecheck.cli.options import blaming
from cozecheck.errors import NoVerdictError
from cozecheck.findings import Report, Run
from cozecheck.locating import locate
from cozecheck.properties import Search, failures
from cozecheck.used import Uses

JOURNAL = Path(".cozecheck/gate/journal.jsonl")
"""Where a replay notes what is done."""

Road = Callable[[], Report]


@dataclass(frozen=True)
class Course:
    """Whom the gate judges, and how it goes about it."""

    context: typer.Context
    target: live.Wanted
    models: Mapping[str, str | None]
    """As far as they are given, by the field of a subject."""
    pace: live.Pace
    examples: int
    """Requests that are drawn at random."""
    seconds: float | None
    """For no longer than this."""
    quiet: bool
    progress: bool

    def say(self, words: str) -> None:
        """Tell a person what comes next."""
        if not self.quiet:
            print(words, file=sys.stderr, flush=True)


@dataclass(frozen=True)
class Wish:
    """What to judge by, what to judge beside the live target, and what counts."""

    order: selection.Order
    scanned: Report | None
    replay: tuple[replaying.Wish, replaying.Order] | None
    load: loading.Wish | None
    evidence: tuple[Report, ...]
    terms: Terms
    before: Report | None

    @property
    def uses(self) -> Uses | None:
        """What the application uses, if somebody scanned it."""
        return next((each.uses for each in (self.scanned, *self.evidence) if each and each.uses), None)


def wish(
    course: Course,
    *,
    scan: Sequence[Path],
    cassettes: Sequence[Path],
    models: Sequence[str],
    noise: Path | None,
    load: str | None,
    slo: Sequence[str],
    evidence: Sequence[Path],
    signatures: Path | None,
    require: Sequence[str],
    previous: Path | None,
    profile: str | None,
    wanted: Sequence[str],
    unwanted: Sequence[str],
    strict: bool,
    destinations: Sequence[str],
    baseline: Path | None,
) -> Wish:
    """Check everything that can be checked before anything is sent; raises UsageError naming the place."""
    context = course.context
    with blaming(context, "scan"):
        scanned = scanning.scan(scan) if scan else None
    with blaming(context, "evidence"):
        found = tuple(map(reports.read, evidence))
    with blaming(context, "previous"):
        before = reports.read(previous) if previous else None
    order = selection.order(
        context,
        profile=profile or (scanning.profile(scanned) if scanned else "all"),
        wanted=wanted,
        unwanted=unwanted,
        strict=strict,
        reports=destinations,
        baseline=baseline,
        others=tuple(diff.RULES),
    )
    return Wish(
        order,
        scanned,
        (_replay(course, cassettes, models, noise), replaying.every_rule(order)) if cassettes else None,
        _load(course, load, slo) if load else None,
        found,
        signing.terms(context, signatures, require),
        before,
    )


def _replay(course: Course, cassettes: Sequence[Path], models: Sequence[str], noise: Path | None) -> replaying.Wish:
    return replaying.wish(
        course.context,
        cassettes=cassettes,
        models=models,
        noise=noise,
        learn=True,
        write_noise=None,
        journal=JOURNAL,
        resume=False,
        against=None,
        against_key_env="",
        secondary=None,
        speed=None,
        repeat=1,
        ask_sdk=True,
        concurrency=course.pace.concurrency,
        max_requests=course.pace.max_requests,
        timeout=course.pace.timeout,
    )


def _load(course: Course, name: str, slo: Sequence[str]) -> loading.Wish:
    return loading.wish(
        course.context,
        name=name,
        slo=slo,
        embedding_model=course.models.get("embedding_model"),
        timeout=course.pace.timeout,
        seed=course.pace.seed,
    )


def gate(course: Course, wish: Wish) -> Report:
    """Go every road that is wished for, and come to one verdict; what is interrupted is concluded as far as it came."""
    with _one_server(course.context, course.target) as target:
        return _gate(replace(course, target=target), wish)


@contextmanager
def _one_server(context: typer.Context, target: live.Wanted) -> Iterator[live.Wanted]:
    """Give the target that is wanted; of the bundled server one that runs for all roads."""
    if target.base_url is not None:
        with blaming(context, "flaw"):
            live.require_no_flaw(target)
        yield target
        return
    with ExitStack() as stack:
        with blaming(context, "flaw"):
            server = stack.enter_context(bundled.running(target.flaw))
        yield replace(target, base_url=server.base_url, api_key=server.api_key, flaw=None)


def _gate(course: Course, wish: Wish) -> Report:
    started = time.time()
    answers = asking.asked(course.context, course.target, wish.uses, course.pace)
    chosen = replace(course, models=asking.chosen(course.models, wish.uses, answers))
    made = [*wish.evidence, *filter(None, [wish.scanned])]
    for name, road in _roads(chosen, wish):
        course.say(f"{name}:")
        made.append(_gone(name, road))
        if made[-1].run.interrupted:
            break
    terms = policy.Policy(wish.terms, wish.order.accepted, wish.before, answers)
    run = Run(moment(started), round(time.time() - started, 3), course.pace.seed)
    result = policy.decide("gate", made, terms, run)
    return locate(result, wish.uses) if wish.uses else result


def _roads(course: Course, wish: Wish) -> Iterator[tuple[str, Road]]:
    context, quiet, progress = course.context, course.quiet, course.progress
    target = replace(course.target, model=course.models.get("model"))
    search = Search(course.examples, course.seconds, failures.FOLDER)
    sent = live.Sent(scenarios.ALL, search)
    others = {key: name for key, name in course.models.items() if key != "model"}
    yield (
        "conformance",
        lambda: live.judge(context, target, others, wish.order, course.pace, sent, quiet=quiet, progress=progress),
    )
    if wish.replay:
        asked, order = wish.replay
        yield "replay", lambda: replaying.replay(context, target, asked, order, quiet=quiet, progress=progress)
    if wish.load:
        loaded = wish.load
        yield "load", lambda: loading.load(context, target, loaded, wish.order, quiet=quiet, progress=progress)


def _gone(name: str, road: Road) -> Report:
    """Go a road; where one after the first comes to no verdict, what was found before is kept."""
    try:
        return road()
    except NoVerdictError as error:
        if name == "conformance":
            raise
        return policy.broken_off(name, str(error))
