"""A replay, as the command line wants it: recordings, yardstick, sides, journal."""

import asyncio
import hashlib
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import typer

from cozecheck import diff
from cozecheck import replay as road
from cozecheck.cassettes import golden
from cozecheck.checks import Check
from cozecheck.checks.registry import nearest
from cozecheck.cli import live, output, selection
from cozecheck.cli.options import blaming
from cozecheck.diff.similarity import installed
from cozecheck.errors import UsageError
from cozecheck.findings import Report
from cozecheck.masking import mask_url
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.replay import noise as noise_file
from cozecheck.replay.sources import files, source

FAMILY = "diff"


@dataclass(frozen=True)
class Order(selection.Order):
    """What to judge by, and the rules to compare by."""

    rules: Mapping[str, diff.Rule] = field(kw_only=True)


@dataclass(frozen=True)
class Wish:
    """What to send, how, and beside what."""

    files: tuple[Path, ...]
    models: road.ModelMap
    reviewed: diff.Noise
    learn: bool
    write_noise: Path | None
    journal: Path
    resume: bool
    originals: tuple[Endpoint, ...]
    """The live original, and the second one; none where the recorded answers count."""
    speed: float | None
    repeat: int
    ask_sdk: bool
    concurrency: int
    max_requests: int | None
    timeout: float


def order(
    context: typer.Context,
    *,
    profile: str,
    wanted: Sequence[str],
    unwanted: Sequence[str],
    strict: bool,
    reports: Sequence[str],
    baseline: Path | None,
) -> Order:
    """Select checks as every command does, and rules of differences by patterns that begin with `diff`."""
    with blaming(context, "select"):
        named = _rules(wanted) or diff.RULES
    with blaming(context, "ignore"):
        unnamed = _rules(unwanted)
    about_checks = tuple(each for each in wanted if not _is_of_diff(each))
    chosen = selection.order(
        context,
        profile=profile,
        wanted=about_checks,
        unwanted=tuple(each for each in unwanted if not _is_of_diff(each)),
        strict=strict,
        reports=reports,
        baseline=baseline,
        others=tuple(diff.RULES),
    )
    checks: tuple[Check, ...] = chosen.checks if about_checks or not wanted else ()
    rules = {id: rule for id, rule in named.items() if id not in unnamed}
    return Order(checks, chosen.strict, chosen.to, chosen.accepted, rules=rules)


def every_rule(order: selection.Order) -> Order:
    """Judge by the checks of *order*, and compare by every rule."""
    return Order(order.checks, order.strict, order.to, order.accepted, rules=diff.RULES)


def _is_of_diff(pattern: str) -> bool:
    return pattern.partition(".")[0] == FAMILY


def _rules(patterns: Sequence[str]) -> dict[str, diff.Rule]:
    found: dict[str, diff.Rule] = {}
    for pattern in filter(_is_of_diff, patterns):
        fitting = {id: rule for id, rule in diff.RULES.items() if pattern == FAMILY or fnmatchcase(id, pattern)}
        if not fitting:
            raise UsageError(f"no rule is called {pattern!r}{nearest(pattern, diff.RULES, 'checks')}")
        found |= fitting
    return found


def wish(
    context: typer.Context,
    *,
    cassettes: Sequence[Path],
    models: Sequence[str],
    noise: Path | None,
    against: str | None,
    against_key_env: str,
    secondary: str | None,
    timeout: float,
    **rest: object,
) -> Wish:
    """Check everything that can be checked before anything is sent; raises UsageError naming the place."""
    with blaming(context, "map"):
        renaming = road.ModelMap.parse(models)
    with blaming(context, "noise"):
        reviewed = noise_file.read(noise) if noise else diff.Noise()
    with blaming(context, "secondary"):
        if secondary and not against:
            raise UsageError("a second original is for a live one only: give --against, too")
    key = os.environ.get(against_key_env) or None
    with blaming(context, "against"):
        originals = tuple(Endpoint(url, key) for url in (against, secondary) if url)
    return Wish(
        files=files(cassettes or (golden(),)),
        models=renaming,
        reviewed=reviewed,
        originals=originals,
        timeout=timeout,
        **rest,  # type: ignore[arg-type]
    )


def replay(
    context: typer.Context, wanted: live.Wanted, wish: Wish, order: Order, *, quiet: bool, progress: bool
) -> Report:
    """Replay what is wished against the target that is wanted."""
    read = source(wish.files)
    with live.reached(context, wanted) as (endpoint, _), output.progress("replaying", hidden=not progress) as advance:
        plan = road.plan(read, keyed=endpoint.api_key is not None, most=wish.max_requests)
        yardstick = _yardstick(wish, order, read, plan)
        if not quiet:
            _say(wanted.name, wish, plan)
        advance(total=plan.sends)
        course = road.Course(
            clock=time.time,
            concurrency=wish.concurrency,
            speed=wish.speed,
            repeat=wish.repeat,
            ask_sdk=wish.ask_sdk,
            strict=order.strict,
            progress=advance,
        )
        heading = _heading(wanted, wish, order, yardstick, plan)
        with road.Journal(wish.journal, heading, resume=wish.resume) as journal:
            return asyncio.run(_run(read, plan, endpoint, wish, order, yardstick, journal, course))


def _yardstick(wish: Wish, order: Order, read: road.Source, plan: road.Plan) -> road.Yardstick:
    learning = wish.learn and not wish.originals
    learned = diff.learn(road.takes(read, plan)) if learning else diff.Noise()
    if wish.write_noise:
        noise_file.write(wish.write_noise, learned)
    return road.Yardstick(order.rules, wish.reviewed, learned, len(plan.pairs) if learning else 0, installed())


def _say(target: str, wish: Wish, plan: road.Plan) -> None:
    total = len(plan.steps)
    times = f", {wish.repeat} times each" if wish.repeat > 1 else ""
    beside = f", beside {wish.originals[0].address}" if wish.originals else ""
    print(f"{target}: {plan.sends:,} of {total:,} recordings{times}{beside}", file=sys.stderr)


def _heading(wanted: live.Wanted, wish: Wish, order: Order, yardstick: road.Yardstick, plan: road.Plan) -> road.Heading:
    # The address of the bundled server is another every time.
    target = mask_url(wanted.base_url) if wanted.base_url else f"bundled, flaw {wanted.flaw}"
    options = (
        wish.models,
        wish.repeat,
        wish.ask_sdk,
        [each.base_url for each in wish.originals],
        [check.id for check in order.checks],
        sorted(order.rules),
        yardstick.policy.noise.rules,
        [step.obstacle for step in plan.steps],
    )
    return road.Heading(plan.fingerprint, target, hashlib.sha256(repr(options).encode()).hexdigest())


async def _run(
    read: road.Source,
    plan: road.Plan,
    endpoint: Endpoint,
    wish: Wish,
    order: Order,
    yardstick: road.Yardstick,
    journal: road.Journal,
    course: road.Course,
) -> Report:
    async with AsyncExitStack() as stack:
        limits = Limits.within(wish.timeout)
        probes = [await stack.enter_async_context(Probe(each, limits)) for each in (endpoint, *wish.originals)]
        candidate, *originals = probes
        servers: Iterator[road.Server] = map(road.Server, originals)
        sides = road.Sides(road.Server(candidate, wish.models), next(servers, None), next(servers, None))
        return await road.run(read, plan, sides, order.checks, yardstick, journal, course)
