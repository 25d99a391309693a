"""Requests nobody thought of: legal ones, and ones broken by name."""

from cozecheck.strategies.case import Case, Known
from cozecheck.strategies.drawing import OPERATIONS, additions, cases, illegal, legal, ways

__all__ = ["OPERATIONS", "Case", "Known", "additions", "cases", "illegal", "legal", "ways"]
