"""One case tried: sent, its twin beside it, and judged."""

from collections.abc import Callable
from dataclasses import dataclass, field

from cozecheck.checks.judging import Bench, Departure
from cozecheck.exchange import Exchange
from cozecheck.properties.planning import DELETED, streams, titled, twin
from cozecheck.scenarios import Send
from cozecheck.scenarios.sending import told
from cozecheck.sdk import Reader
from cozecheck.spending import Purse
from cozecheck.strategies import Case
from cozecheck.views.cases import SCENARIO, TWINS
from cozecheck.views.twins import parted
from cozecheck.views.twins import told as told_by

NOBODY = ""


@dataclass
class Trial:
    """A case, by its number in the run; every answer to it, and those of its twin by what a relation calls them."""

    case: Case
    number: str
    exchanges: list[Exchange] = field(default_factory=list)
    pair: dict[str, Exchange] = field(default_factory=dict)


class Trier:
    """Sends cases as far as the purse reaches and *is_over* allows."""

    def __init__(self, purse: Purse, is_over: Callable[[], bool]) -> None:
        self._purse = purse
        self._is_over = is_over

    async def attempt(self, trial: Trial, *, twins: bool = True) -> None:
        """Send a case and its twin, twice where the two part; delete what was made."""
        case, other = trial.case, twin(trial.case) if twins else None
        one, two = ("stream", "body") if streams(case) else ("body", "stream")
        answer = await self.ask(titled(case), SCENARIO, trial)
        if answer is None:
            return
        await self._delete(case, answer)
        if other is None:
            return
        trial.pair[one] = answer
        for name, send in ((two, other), (f"{one} again", titled(case)), (f"{two} again", other)):
            answer = await self.ask(send, TWINS, trial)
            if answer is None:
                return
            trial.pair[name] = answer
            if name == two and not part(trial.pair):
                return

    async def ask(self, send: Send, scenario: str, trial: Trial) -> Exchange | None:
        """Send once more for a trial; None where nothing more may be sent."""
        if self._is_over() or not self._purse.affords(send):
            return None
        number = f"{trial.number}.{len(trial.exchanges)}" if trial.exchanges else trial.number
        return await self._purse.send(send, f"{SCENARIO}/{number}", scenario, trial.exchanges)

    async def _delete(self, case: Case, answer: Exchange) -> None:
        place = DELETED.get(case.operation)
        made = told(answer, "id", NOBODY) if place and answer.response and answer.response.ok else NOBODY
        if place and made:
            await self._purse.send(Send("delete", "DELETE", place.format(made)), f"{SCENARIO}/delete", SCENARIO, [])


def part(pair: dict[str, Exchange]) -> bool:
    """Whether twins tell of different things."""
    body, stream = told_by(pair["body"]), told_by(pair["stream"])
    return body is not None and stream is not None and any(parted(body, stream))


def judged(trial: Trial, bench: Bench, reader: Reader | None) -> list[Departure]:
    """Judge a trial on a bench, with the official client's word if wanted; departures are returned, not kept there."""
    before = len(bench.departures)
    for exchange in trial.exchanges:
        bench.judge(reader.read(exchange) if reader else exchange)
    if trial.pair.keys() >= {"body", "stream"}:
        bench.relate(TWINS, trial.pair)
    found = bench.departures[before:]
    del bench.departures[before:]
    return found
