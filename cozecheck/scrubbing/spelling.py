"""How JSON, URLs and encodings spell a value: a pattern for all of it."""

import re
import string
from dataclasses import dataclass
from typing import Final

KNOWN: Final = "known value"
_PLAIN: Final = frozenset(string.ascii_letters + string.digits + "-_.~")
"""What is written as it is everywhere."""
_NAMED: Final = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}
_EDGES: Final = " \t\r\n\"'\\"
"""What does not belong to a value at its ends: a quote there would be one that JSON needs."""
_ESCAPED: Final = re.compile(r"\\+u00([2-7][0-9A-Fa-f])|%([2-7][0-9A-Fa-f])")


@dataclass(frozen=True, slots=True)
class Value:
    """What is looked for: a pattern over bytes read as Latin-1, and a text without which it need not be tried."""

    pattern: re.Pattern[str]
    hint: str
    any_case: bool
    length: int
    kind: str

    def may_be_in(self, text: str, small: str) -> bool:
        """Whether trying is worth it; *small* is the text in lower case, where case does not matter."""
        return self.hint in (small if self.any_case else text)


def spelt(value: str, *, any_case: bool = False, kind: str = KNOWN) -> Value | None:
    """Return how to find a value, however it is spelt; None for one that is nothing but quotes and space."""
    core = value.strip(_EDGES)
    if not core:
        return None
    written = "".join(map(_character, core))
    runs = re.findall(r"[-A-Za-z0-9_.~]+", core)
    hint = max(runs, key=len, default="")
    return Value(
        re.compile(f"(?i:{written})" if any_case else written),
        hint.lower() if any_case else hint,
        any_case,
        len(core.encode("utf-8", "surrogatepass")),
        kind,
    )


def _character(character: str) -> str:
    if character in _PLAIN:
        return re.escape(character)
    raw = character.encode("utf-8", "surrogatepass")
    units = character.encode("utf-16-be", "surrogatepass")
    ways = {
        r"\\*" + re.escape(raw.decode("latin-1")),
        "(?i:" + "".join(rf"\\+u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)) + ")",
        "(?i:" + "".join(f"%{byte:02x}" for byte in raw) + ")",
    }
    if character in _NAMED:
        ways.add(r"\\+" + _NAMED[character])
    if character == " ":
        ways.add(r"\+")
    if 128 <= ord(character) < 256:
        ways |= {character, rf"\\+x{ord(character):02x}"}
    if character == "\\":
        ways.add(r"\\+")
    return "(?:" + "|".join(sorted(ways)) + ")"


def unescaped(text: str) -> str:
    r"""Return a text with the characters plain that nobody had to escape: `\u0073k-` is `sk-`."""
    return _ESCAPED.sub(_plain, text) if "\\u00" in text or "%" in text else text


def _plain(found: re.Match[str]) -> str:
    character = chr(int(found[1] or found[2], 16))
    allowed = character in _PLAIN or (found[1] is not None and character in "@+/=:")
    return character if allowed else found[0]
