"""Load: a profile run by locust, measured, judged and held against SLOs."""

from cozecheck.load.order import Changes, Decided, decide, lasts, planned, require_baseline, secrets
from cozecheck.load.road import Course, run
from cozecheck.load.running import Crew, generator, work
from cozecheck.load.slo import parse_all

__all__ = [
    "Changes",
    "Course",
    "Crew",
    "Decided",
    "decide",
    "generator",
    "lasts",
    "parse_all",
    "planned",
    "require_baseline",
    "run",
    "secrets",
    "work",
]
