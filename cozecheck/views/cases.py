"""Exchanges read as requests drawn at random: what is claimed of them, and what came."""

from dataclasses import dataclass

from cozecheck.contract.mutations import MUTATIONS, Mutation
from cozecheck.exchange import Exchange, read_once
from cozecheck.views.requests import Asked
from cozecheck.views.wire import answer

SCENARIO = "properties"
TWINS = "properties.twins"
AFTERWARDS = "properties.afterwards"


@dataclass(frozen=True, slots=True)
class Claim:
    """A request to an *operation*: legal, or broken by one *mutation*, in the field *param* where it is in one."""

    exchange: Exchange
    operation: str
    mutation: Mutation | None
    param: str

    @property
    def root(self) -> str:
        """The parameter of the body that the broken field belongs to."""
        return self.param.partition(".")[0].partition("[")[0]


def title(operation: str, mutation: str, param: str) -> str:
    """Name a send so that the claim can be read back from its exchange."""
    return " ".join(part for part in (operation, mutation, param) if part)


@read_once
def claim(exchange: Exchange) -> Claim | None:
    """Read an exchange whose request was drawn at random."""
    if exchange.scenario not in (SCENARIO, TWINS) or exchange.left:
        return None
    operation, _, broken = exchange.name.partition(" ")
    mutation, _, param = broken.partition(" ")
    return Claim(exchange, operation, MUTATIONS.get(mutation), param)


@dataclass(frozen=True, slots=True)
class Settled:
    """A claim, and the answer that came to it."""

    claim: Claim
    asked: Asked

    @property
    def is_out_of_reach(self) -> bool:
        """Whether somebody else spoke: a gate before the server, or one that is overloaded."""
        return self.asked.is_kept_out or self.asked.is_overloaded


@read_once
def settled(exchange: Exchange) -> Settled | None:
    """Read an answered request that was drawn at random."""
    claimed, whole = claim(exchange), answer(exchange)
    if claimed is None or whole is None:
        return None
    return Settled(claimed, Asked(exchange, whole.response, exchange.request.json))


def legal(exchange: Exchange) -> Settled | None:
    """Read an answered request that is legal by the documentation."""
    found = settled(exchange)
    return found if found and found.claim.mutation is None else None


def broken(exchange: Exchange) -> Settled | None:
    """Read an answered request that was broken on purpose."""
    found = settled(exchange)
    return found if found and found.claim.mutation else None


def refused(exchange: Exchange) -> Settled | None:
    """Read the refusal of a request that was broken on purpose."""
    found = broken(exchange)
    return found if found and 400 <= found.asked.response.status < 500 and not found.asked.is_kept_out else None


def afterwards(exchange: Exchange) -> Exchange | None:
    """Read a plain question that followed requests drawn at random."""
    return exchange if exchange.scenario == AFTERWARDS and not exchange.left else None
