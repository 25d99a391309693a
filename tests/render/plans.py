"""A plan's report, built by hand."""

from cozecheck.findings import Report
from cozecheck.planned import Cost, Plan, Replica, Waiting, Wanted
from tests.render.examples import report


def planned() -> Report:
    """Build a plan for five replicas, where it takes seven."""
    plan = Plan(
        wanted=Wanted(100.0, 800.0, 250.0, 5, 2.5, 0.15, 0.6),
        source="load.json",
        replica=Replica(20.0, 16.0, 10, 0.5, is_bound=True),
        replicas=5,
        overflow=0.2,
        waiting=Waiting(0.8, 0.1, 0.01, 0.08, 0.15, 1.2),
        cost=Cost(12.5, 3.0, 97.2, 2.6),
        assumptions=("requests come on their own",),
    )
    return report(kind="plan", plan=plan, notes=plan.assumptions)
