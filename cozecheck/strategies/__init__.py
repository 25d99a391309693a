"""Requests nobody thought of: legal ones, and ones broken by name."""

from cozecheck.strategies.case import Case, Known
from cozecheck.strategies.drawing import OPERATIONS, cases, illegal, legal

__all__ = ["OPERATIONS", "Case", "Known", "cases", "illegal", "legal"]
