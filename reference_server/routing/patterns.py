"""Patterns over model names, matched in linear time by RE2."""

import re
from dataclasses import dataclass, field
from typing import Any, Self

import re2

LONGEST_NAME = 256
"""Characters; a longer name is no model's, and is not worth the time or the place in a cache."""
LONGEST_SHOWN = 64
GROUP = re.compile(r"\\([1-9])")


class PatternError(ValueError):
    """A pattern, or what it is rewritten to, that can't be used."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """An expression for whole names. RE2 has no look-around and no back references: nothing to go back for."""

    text: str
    _compiled: Any = field(compare=False, repr=False)

    @classmethod
    def compiled(cls, text: str) -> Self:
        """Compile; PatternError says what RE2 does not accept."""
        try:
            return cls(text, re2.compile(text, _options(ignoring_case=False)))
        except (re2.error, UnicodeError) as error:
            raise PatternError(f"no regular expression for RE2: {said(error)}") from error

    def groups(self, name: str) -> tuple[str, ...] | None:
        """Return what the groups hold where the whole name matches: an unused group is empty."""
        found = self._compiled.fullmatch(name) if is_name(name) else None
        return found.groups("") if found else None

    def checked(self, template: str) -> str:
        r"""Return a template that refers (`\1`) to groups that are there; PatternError otherwise."""
        if "\\" in GROUP.sub("", template):
            raise PatternError(f"'{template}': a backslash is for groups, \\1 to \\9")
        if any(int(number) > self._compiled.groups for number in GROUP.findall(template)):
            raise PatternError(f"'{template}' refers to a group that '{self.text}' does not have")
        return template

    def missed(self, name: str) -> str:
        """Say why a name did not match."""
        if not is_name(name):
            return f"no model's name is longer than {LONGEST_NAME} characters, or broken Unicode"
        if (part := self._compiled.search(name)) and part.group():
            return f"matches only '{shortened(part.group())}', and a rule is about the whole name"
        if re2.compile(self.text, _options(ignoring_case=True)).fullmatch(name):
            return "matches but for upper and lower case"
        return "does not match"


def expanded(template: str, groups: tuple[str, ...]) -> str:
    r"""Put groups in the place of `\1`, `\2`."""
    return GROUP.sub(lambda found: groups[int(found[1]) - 1], template)


def is_name(name: str) -> bool:
    """Tell whether this may be the name of a model at all."""
    # JSON can carry half of a surrogate pair, which no UTF-8 can.
    return len(name) <= LONGEST_NAME and not any("\ud800" <= character <= "\udfff" for character in name)


def shortened(text: str) -> str:
    """Return at most LONGEST_SHOWN characters, fit for a line of a log."""
    shown = text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."
    return shown.encode("unicode_escape").decode("ascii") if not shown.isprintable() else shown


def said(error: Exception) -> str:
    """Return RE2's own words, which come as bytes."""
    word = error.args[0] if error.args else ""
    return word.decode("utf-8", "replace") if isinstance(word, bytes) else str(error)


def _options(*, ignoring_case: bool) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not ignoring_case
    return options
