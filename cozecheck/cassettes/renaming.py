"""Ids that a server gives out, carried over to the requests that name them."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from cozecheck.exchange import Request, Response

_ID: Final = re.compile(r"([a-z]{2,12})[-_][A-Za-z0-9]{8,}")
_CHOSEN: Final = frozenset(("model",))
"""Objects whose ids are no server's to give out."""


class Renaming:
    """What a recorded id is called now."""

    def __init__(self) -> None:
        self._now: dict[bytes, bytes] = {}

    def learn(self, then: Response, now: Response) -> None:
        """Pair the ids of two responses to one request: those of a kind, in the order of their first mention."""
        ours = _ids(now)
        for kind, names in _ids(then).items():
            for old, new in zip(names, ours.get(kind, ()), strict=False):
                self._now.setdefault(old.encode(), new.encode())

    def apply(self, request: Request) -> Request:
        """Return *request* with the ids of today, wherever they stand."""
        url, body = self._renamed(request.url.encode()).decode(), self._renamed(request.body)
        return request if (url, body) == (request.url, request.body) else replace(request, url=url, body=body)

    def _renamed(self, text: bytes) -> bytes:
        known = [old for old in self._now if old in text]
        if not known:
            return text
        longest_first = b"|".join(re.escape(old) for old in sorted(known, key=len, reverse=True))
        return re.sub(longest_first, lambda found: self._now[found[0]], text)


def _ids(response: Response) -> Mapping[str, list[str]]:
    values = [each.value for each in response.payloads] if response.is_stream else [response.json]
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for value in values:
        for text in _named(value):
            if match := _ID.fullmatch(text):
                found[match[1]][text] = None
    return {kind: list(names) for kind, names in found.items()}


def _named(value: Any) -> Iterator[str]:
    """Yield what stands under `id`, `call_id` and their like, in order."""
    left = [value]
    while left:
        part = left.pop()
        if isinstance(part, list):
            left.extend(reversed(part))
        elif isinstance(part, dict) and part.get("object") not in _CHOSEN:
            yield from (each for key, each in part.items() if isinstance(each, str) and (key + "_")[-3:] == "id_")
            left.extend(each for each in reversed(part.values()) if isinstance(each, dict | list))
