"""Recorded requests sent again: what came then beside what comes now."""

from cozecheck.replay.journal import Heading, Journal
from cozecheck.replay.models import ModelMap
from cozecheck.replay.planning import Plan, Source, plan, takes
from cozecheck.replay.running import Course, Sides, run
from cozecheck.replay.servers import Server
from cozecheck.replay.settling import Yardstick

__all__ = [
    "Course",
    "Heading",
    "Journal",
    "ModelMap",
    "Plan",
    "Server",
    "Sides",
    "Source",
    "Yardstick",
    "plan",
    "run",
    "takes",
]
