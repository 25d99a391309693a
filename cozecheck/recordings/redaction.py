"""What recorders black out, or cut: that is not what was sent."""

import re
from typing import Final

_REDACTED: Final = re.compile(r"^\W*(redacted|filtered|masked|scrubbed|removed|dummy)\W*$", re.I)
_SHORTENED: Final = re.compile(r"\.\.\.<\d+ (more )?bytes>$")

_ENOUGH: Final = 100
"""Bytes at the end of a body that show it."""


def known(text: str) -> str:
    """Return the text, and "" for one that is blacked out."""
    return "" if _REDACTED.match(text) else text


def is_cut(body: bytes) -> bool:
    """Whether a body is not the one that was sent."""
    end = body[-_ENOUGH:].decode("latin-1")
    return bool(_SHORTENED.search(end)) or bool(len(body) < _ENOUGH and _REDACTED.match(end))
