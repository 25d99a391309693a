"""What may differ between two answers, and how much that matters."""

from collections.abc import Mapping

from cozecheck.diff.rules.answers import ANSWERS
from cozecheck.diff.rules.events import EVENTS
from cozecheck.diff.rules.rule import Rule
from cozecheck.diff.rules.structure import STRUCTURE
from cozecheck.diff.rules.words import WORDS

RULES: Mapping[str, Rule] = {rule.id: rule for rule in (*ANSWERS, *STRUCTURE, *WORDS, *EVENTS)}
"""Every kind of difference, by id."""

__all__ = ["RULES", "Rule"]
