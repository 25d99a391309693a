"""Two answers to one request, compared by meaning."""

from cozecheck.diff.difference import Difference, Severity

__all__ = ["Difference", "Severity"]
