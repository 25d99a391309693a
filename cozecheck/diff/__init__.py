"""Two answers to one request, compared by meaning."""

from cozecheck.diff.comparing import compare
from cozecheck.diff.difference import Difference, Severity
from cozecheck.diff.learning import excess, learn
from cozecheck.diff.noise import Noise, NoiseRule
from cozecheck.diff.policy import DEFAULT, Policy
from cozecheck.diff.rules import RULES, Rule
from cozecheck.diff.structure import UNDER_WAY

__all__ = [
    "DEFAULT",
    "RULES",
    "UNDER_WAY",
    "Difference",
    "Noise",
    "NoiseRule",
    "Policy",
    "Rule",
    "Severity",
    "compare",
    "excess",
    "learn",
]
