"""Load: a profile run by locust, measured, judged and held against SLOs."""

from cozecheck.load.order import Changes, Decided, decide, lasts, planned, require_baseline
from cozecheck.load.road import Course, run
from cozecheck.load.slo import parse_all

__all__ = ["Changes", "Course", "Decided", "decide", "lasts", "parse_all", "planned", "require_baseline", "run"]
