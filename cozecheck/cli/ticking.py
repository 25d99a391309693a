"""How a load goes, second by second: one line on a terminal, one now and then elsewhere."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.status import Status

SPARSE = 10
"""Seconds between two lines where nobody watches a terminal."""


class Ticker:
    """Tells of each second, and then of each sample that is judged."""

    def __init__(self, seconds: float, status: Status | None) -> None:
        self._seconds = seconds
        self._status = status
        self._count = 0

    def second(self, line: Mapping[str, Any]) -> None:
        """Show a second of the run."""
        self._count += 1
        words = told(line, self._seconds)
        if self._status is not None:
            self._status.update(words)
        elif self._count % SPARSE == 0:
            print(words, file=sys.stderr, flush=True)

    def judged(self, count: int) -> None:
        """Show that a sample is judged."""
        if self._status is not None and count % 20 == 0:
            self._status.update(f"judging what was sampled: {count:,} exchanges")


class Silent(Ticker):
    """Says nothing."""

    def __init__(self) -> None:
        super().__init__(0, None)

    def second(self, line: Mapping[str, Any]) -> None:
        """Keep it."""


def told(line: Mapping[str, Any], seconds: float) -> str:
    """Put a second of so many into words; what is in flight at the end has a little more time."""
    ttft = line.get("ttft_p95")
    parts = (
        f"{min(line['at'], seconds):.0f} of {seconds:.0f} s",
        f"{line['users']:,} users",
        f"{line['in_flight']:,} in flight",
        f"{line['finished']:,} req/s",
        f"TTFT p95 {ttft * 1000:,.0f} ms" if ttft else "",
        f"{line['failed']:,} failed" if line["failed"] else "none failed",
    )
    return ", ".join(part for part in parts if part)


@contextmanager
def shown(seconds: float, *, hidden: bool) -> Iterator[Ticker]:
    """Show a run of so many *seconds* at most, for as long as the block lasts."""
    console = Console(file=sys.stderr)
    if hidden:
        yield Silent()
    elif console.is_terminal:
        with console.status("starting the load generator") as status:
            yield Ticker(seconds, status)
    else:
        yield Ticker(seconds, None)
