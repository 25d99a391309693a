"""What a plan came to, in words."""

from collections.abc import Iterator

from cozecheck.planned import Cost, Plan


def facts(plan: Plan) -> Iterator[tuple[str, str]]:
    """Yield a name and words each."""
    wanted, each = plan.wanted, plan.replica
    yield "wanted", f"{wanted.qps:,.4g} requests/s, {wanted.prompt:,.0f} tokens in and {wanted.output:,.0f} out each"
    least = "at least " if each.is_bound else ""
    yield (
        "replica",
        f"holds {least}{each.rate:,.4g} of these a second, {each.usable:,.4g} up to {plan.threshold:.0%}; "
        f"{each.slots:,} at once, {each.seconds:,.3g} s each",
    )
    how = "there are" if wanted.replicas else "it takes at most" if each.is_bound else "it takes"
    yield "replicas", f"{how} {plan.replicas:,}"
    yield "overflow", f"{plan.overflow:.1%} of the requests are more than they hold up to {plan.threshold:.0%}"
    seen = plan.waiting
    yield (
        "waiting",
        f"{seen.busy:.0%} busy; {seen.waits:.1%} of the requests wait, {_ms(seen.mean)} on average, "
        f"p95 {_ms(seen.p95)}, p99 {_ms(seen.p99)}; whole answers p95 {_ms(seen.e2e_p95)} (simulated)",
    )
    yield from _money(plan, plan.cost)


def _money(plan: Plan, cost: Cost) -> Iterator[tuple[str, str]]:
    own = "" if cost.own is None else f"{cost.own:,.2f} for the replicas"
    over = f"{cost.overflow:,.2f} for the overflow" if cost.overflow else ""
    if own or over:
        total = f" = {(cost.own or 0) + (cost.overflow or 0):,.2f}" if own and over else ""
        yield "cost", f"{' + '.join(filter(None, (own, over)))}{total} an hour"
    if cost.commercial is not None:
        yield "instead of", f"{cost.commercial:,.2f} an hour if all went to the commercial API"
    if cost.break_even is not None:
        yield "break-even", _even(cost.break_even, plan.replica.usable)


def _even(rate: float, usable: float) -> str:
    if rate > usable:
        return f"never: a replica pays from {rate:,.4g} requests/s on, and holds {usable:,.4g}"
    return f"a replica pays from {rate:,.4g} requests/s on, {rate / usable:.0%} of what it is planned with"


def _ms(seconds: float) -> str:
    return f"{seconds:,.2f} s" if seconds >= 1 else f"{seconds * 1000:,.3g} ms"
