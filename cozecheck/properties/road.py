"""The road of requests at random: explore, make small, keep, tell."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from cozecheck.checks.judging import Departure
from cozecheck.findings import Level
from cozecheck.properties import failures
from cozecheck.properties.exploring import Explorer, Failing
from cozecheck.properties.planning import MOST_SHRUNK, Prospect
from cozecheck.properties.shrinking import shrink
from cozecheck.sdk import Reader

FAMILY = "properties"


@dataclass(frozen=True, slots=True)
class Search:
    """How many requests are drawn at random, for how many seconds they are sent, and where failures are kept."""

    examples: int = 0
    seconds: float | None = None
    folder: Path | None = None


@dataclass
class Pursuit:
    """What became of a search; it fills up while it goes on."""

    explorer: Explorer
    prospect: Prospect
    search: Search
    smallest: dict[str, Failing] = field(default_factory=dict)
    """The failures that were made small, by the id of the cause."""

    async def run(self) -> None:
        """Send what was drawn, then make failures small; cancelled, what was done stays."""
        if self.search.seconds is not None:
            self.explorer.end = self.explorer.clock() + self.search.seconds
        await self.explorer.explore(self.prospect)
        kept = self.search.folder / failures.EXAMPLES if self.search.folder else None
        left = self.prospect.more
        for failing in sorted(self.explorer.failing.values(), key=_urgency)[:MOST_SHRUNK]:
            before = self.explorer.purse.requests
            self.smallest[failing.cause.id] = await shrink(failing, self.explorer, left, kept)
            left -= self.explorer.purse.requests - before

    def departures(self) -> Iterator[Departure]:
        """Yield one departure a cause, in the order in which they were met."""
        reader = Reader()
        for failing in self.explorer.failing.values():
            small = self.smallest.get(failing.cause.id, failing)
            exchange = reader.read(replace(small.departure.exchange, id=failing.cause.id))
            yield replace(small.departure, exchange=exchange)

    def _kept(self) -> Iterator[str]:
        """Write the failures down; yield how to send them again."""
        folder, explorer = self.search.folder, self.explorer
        for failing in explorer.failing.values() if folder else ():
            assert folder is not None
            why = failing.cause
            try:
                path = failures.write(self.smallest.get(why.id, failing), explorer.subject.model, folder)
            except OSError as error:
                yield f"failures cannot be kept in {folder}: {error.strerror}"
                return
            if path:
                yield f"{why.check} at {why.operation}: `cozecheck conformance --again {why.id}` sends it again"

    def notes(self) -> Iterator[str]:
        """Yield what a report has to say of the search itself."""
        yield from self._kept()
        explorer, prospect = self.explorer, self.prospect
        for operation, said in explorer.lacking.items():
            yield f"no requests at random to {operation}: it does not take the simplest one ({said})"
        if prospect.left_out:
            yield f"{prospect.left_out:,} requests at random were left out to stay within the budget"
        if explorer.end is not None and explorer.clock() >= explorer.end:
            yield f"the time for requests at random was over after {explorer.sent:,} of {prospect.cases:,}"
        if len(explorer.failing) > MOST_SHRUNK:
            yield f"{len(explorer.failing):,} causes of failure were met; {MOST_SHRUNK} of them were made small"


def _urgency(failing: Failing) -> int:
    return (Level.MUST, Level.SHOULD, Level.MAY).index(failing.departure.check.level)
