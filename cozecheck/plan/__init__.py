"""Capacity plan: how many replicas a measured target takes, and at what cost."""

from cozecheck.plan.road import Course, run

__all__ = ["Course", "run"]
