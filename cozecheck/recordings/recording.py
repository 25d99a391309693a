"""One recorded exchange, and what is known of the recording."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cozecheck.exchange import Exchange


@dataclass(frozen=True)
class Recording:
    """An exchange from a disk; its id says where it stands there."""

    exchange: Exchange
    format: str
    """Who wrote it: `jsonl`, `vcrpy`, `har` …"""
    at: float | None = None
    """When the request was sent, in seconds since 1970, where that is known."""
    provenance: str = ""
    """Where it comes from, in words: recorded from whom, or made by hand from what."""
    flaws: tuple[str, ...] = ()
    """What the recorder lost: `stream without a body` …"""
    notes: Mapping[str, Any] = field(default_factory=dict)
    """What else the file says of it: the SDK, the model's snapshot, a licence."""
