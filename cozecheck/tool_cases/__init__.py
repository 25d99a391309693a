"""Tool-call cases, sent again and again, and what comes of them."""

from cozecheck.tool_cases.cases import Case, cases
from cozecheck.tool_cases.concluding import require_reference
from cozecheck.tool_cases.running import Course, Plan, run

__all__ = ["Case", "Course", "Plan", "cases", "require_reference", "run"]
