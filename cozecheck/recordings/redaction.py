"""What recorders black out, or cut: that is not what was sent."""

import re
from typing import Final

_REDACTED: Final = re.compile(r"^\W*(redacted|filtered|masked|scrubbed|removed|dummy)\W*$", re.I)
_SHORTENED: Final = re.compile(r"\.\.\.<\d+ (more )?bytes>$")


def known(text: str) -> str:
    """Return the text, and "" for one that is blacked out."""
    return "" if _REDACTED.match(text) else text


def is_cut(body: str) -> bool:
    """Whether a body is not the one that was sent."""
    return bool(_SHORTENED.search(body[-100:])) or bool(body and len(body) < 100 and _REDACTED.match(body))
