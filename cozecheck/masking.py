"""What must not be shown: keys in any text, and the content of recorded requests."""

import json
import re
from contextlib import suppress
from typing import Any

_SECRET = re.compile(
    r"\b(sk|pk|rk|sess|pat|eyJ)[-_A-Za-z0-9]{2}[-_.A-Za-z0-9]{14,}|(?i:bearer)\s+[-_.~+/=A-Za-z0-9]{8,}"
)
CONTENT = frozenset(
    ("content", "text", "input", "prompt", "arguments", "instructions", "url", "data", "file_data", "output")
)
"""Keys of a request under which people's own words stand."""


def mask_secrets(text: str) -> str:
    """Hide what looks like a key: the first characters stay, to tell which it was."""
    return _SECRET.sub(lambda found: found.group(0)[:4] + "***", text)


def mask_content(value: Any) -> Any:
    """Replace people's own words in a request by their length; its form stays."""
    if isinstance(value, dict):
        return {key: _hide(part) if key in CONTENT else mask_content(part) for key, part in value.items()}
    return [mask_content(part) for part in value] if isinstance(value, list) else value


def _hide(value: Any) -> Any:
    if isinstance(value, str):
        return f"<{len(value)} characters>"
    return (
        [_hide(part) if isinstance(part, str) else mask_content(part) for part in value]
        if isinstance(value, list)
        else mask_content(value)
    )


def presentable(value: Any, limit: int = 400) -> Any:
    """Return a JSON value as it is, keys hidden, where its text has *limit* characters at most, else an excerpt."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple | dict):
        text = mask_secrets(_json(value))
        if len(text) <= limit:
            with suppress(ValueError):
                return json.loads(text)
    return excerpt(value, limit)


def excerpt(value: Any, limit: int = 400) -> str:
    """Show a value in at most *limit* characters, keys hidden: strings as they are, all else as JSON."""
    text = value if isinstance(value, str) else _json(value)
    text = mask_secrets(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        return repr(value)
