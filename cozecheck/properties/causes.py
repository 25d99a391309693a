"""What one departure has in common with others, so that it is told once."""

from dataclasses import dataclass
from hashlib import sha256

from cozecheck.checks.judging import Departure
from cozecheck.strategies import Case
from cozecheck.views.failures import error_in


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """Why requests fail: the check, the operation, what was broken, and what came of it."""

    check: str
    operation: str
    param: str
    """The broken field of the body, or how the request was broken; of a legal one the parameter that is refused."""
    status: str

    @property
    def id(self) -> str:
        """A short name, the same in every run."""
        words = "\n".join((self.check, self.operation, self.param, self.status))
        return "p" + sha256(words.encode()).hexdigest()[:8]


def cause(departure: Departure, case: Case) -> Cause:
    """Return the cause of a departure that a case has brought about."""
    exchange = departure.exchange
    response = exchange.response
    status = exchange.failure.kind.value if exchange.failure else str(response.status if response else "")
    error = error_in(response.json) if response else None
    refused = error.get("param") if isinstance(error, dict) else None
    named = case.param or case.mutation or (refused if isinstance(refused, str) else "")
    if case.mutation and departure.problem.at == "status" and status.startswith("4"):
        named = ""  # refused, but not with the right status: the server's habit, whatever is broken
    return Cause(departure.check.id, case.operation, _root(named), status)


def _root(param: str) -> str:
    return param.partition(".")[0].partition("[")[0]
