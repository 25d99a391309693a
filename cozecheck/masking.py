"""What must not be shown: keys in any text, and people's own words in recorded requests."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlsplit

MASK = "***"
SHORTEST = 8
"""Characters from which on a known value is hidden wherever it stands: `test` is no secret, and part of many words."""

_SECRET = re.compile(
    r"\b(?!sk-cozecheck-wrong-key)"  # sent on purpose where a wrong key is due, and no secret
    r"(?:(?:sk|pk|rk|sess|pat|xai|gsk|hf|gh[pousr]|glpat|r8)[-_]|eyJ|AIza)[-_.A-Za-z0-9]{12,}"
    r"|(?i:bearer)\s+(?!sk-cozecheck-wrong-key)(?=\S*\d)[-_.~+/=A-Za-z0-9]{8,}"
)
_NAMED = re.compile(
    r"""(?ix) ( (?:api[-_]?key | client[-_]?secret | password | passwd | authorization | (?:access|refresh)[-_]?token)
    \\*["']? \s* [:=] \s* \\*["'] ) (?!\*) [^"'\\]+"""
)
_SECRET_NAME = re.compile(r"auth|key|token|secret|cookie|passw|credential|signature|\bsig$|session", re.I)
_CHOSEN = ("model", "role", "type", "object", "format", "voice", "detail", "truncation", "include", "modalities")
_TUNING = ("reasoning_effort", "effort", "verbosity", "service_tier", "encoding_format", "tool_choice", "function_call")
_SHAPE = frozenset((*_CHOSEN, *_TUNING, "name"))
"""Keys of a request whose texts are chosen from a list, not written by somebody."""


def is_secret(name: str) -> bool:
    """Whether a header or a parameter of a URL is named like one that lets people in."""
    return bool(_SECRET_NAME.search(name))


def mask_secrets(text: str, known: Iterable[str] = ()) -> str:
    """Hide the *known* values, and what looks like a key: of that the first characters stay, to tell which it was."""
    for value in known:
        text = text.replace(value, MASK)
    text = _SECRET.sub(lambda found: found.group(0)[:4] + MASK, text)
    return _NAMED.sub(lambda found: found.group(1) + MASK, text)


def mask_url(url: str) -> str:
    """Hide the secrets in the query of a URL, and a password before its host."""
    url = re.sub(r"(?<=//)[^/@?#]*@", MASK + "@", url)
    address, mark, query = url.partition("?")
    parts = (part.partition("=") for part in query.split("&"))
    kept = "&".join(name + equals + (MASK if is_secret(name) and value else value) for name, equals, value in parts)
    return mask_secrets(address + mark + kept)


def secret_values(url: str, headers: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the values that are secret by their names: of headers, and in the query of *url*."""
    with suppress(ValueError):
        yield from (value for name, value in parse_qsl(urlsplit(url).query) if is_secret(name))
    for name, value in headers:
        if is_secret(name):
            yield from (value, *re.split(r"[\s;,]+(?:\w+=)?|^\w+=", value))


def hidden(values: Iterable[str]) -> tuple[str, ...]:
    """Return those long enough to be told apart from ordinary words, also as JSON spells them, the longest first."""
    long = {each for each in values if len(each) >= SHORTEST}
    spelt = {_json(each)[1:-1] for each in long}
    return tuple(sorted(long | spelt, key=lambda each: (-len(each), each)))


def words(value: Any) -> Iterator[str]:
    """Yield people's own words in a request, in no particular order."""
    left = [value]
    while left:
        part = left.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, list):
            left.extend(part)
        elif isinstance(part, dict):
            shape = _shape(part)
            left.extend(each for key, each in part.items() if not (isinstance(each, str) and key in shape))


def mask_words(value: Any) -> Any:
    """Replace people's own words in a request by their length; its form stays."""
    if isinstance(value, dict):
        shape = _shape(value)
        return {
            key: part if isinstance(part, str) and key in shape else mask_words(part) for key, part in value.items()
        }
    if isinstance(value, list):
        return [mask_words(part) for part in value]
    return f"<{len(value)} characters>" if isinstance(value, str) else value


def _shape(value: dict[str, Any]) -> frozenset[str]:
    """A name beside a role is somebody's."""
    return _SHAPE - {"name"} if "role" in value else _SHAPE


def presentable(value: Any, known: Iterable[str] = (), limit: int = 400) -> Any:
    """Return a JSON value as it is, secrets hidden, where its text has *limit* characters at most, else an excerpt."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple | dict):
        text = mask_secrets(_json(value), known)
        if len(text) <= limit:
            with suppress(ValueError):
                return json.loads(text)
    return excerpt(value, known, limit)


def excerpt(value: Any, known: Iterable[str] = (), limit: int = 400) -> str:
    """Show a value in at most *limit* characters, secrets hidden: strings as they are, all else as JSON."""
    text = mask_secrets(value if isinstance(value, str) else _json(value), known)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _json(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "too deeply nested to be shown"
    except (TypeError, ValueError):
        return repr(value)
