"""What a load shows beside its SLOs: rules by kind of error, as data."""

from dataclasses import dataclass
from typing import Final

from cozecheck.findings import Basis, Level

FAMILY: Final = "load"
CITE: Final = "RFC 9110 (HTTP semantics)"


@dataclass(frozen=True, slots=True)
class Rule:
    """A requirement that errors or observations of one *kind* break."""

    kind: str
    level: Level
    basis: Basis
    requirement: str
    remedy: str
    cite: str = ""

    @property
    def id(self) -> str:
        """The check that it makes."""
        return f"{FAMILY}.{self.kind.replace(' ', '-')}"


ERRORS: Final = (
    Rule(
        "cross-talk",
        Level.MUST,
        Basis.BEHAVIOUR,
        "An answer holds nothing that only another request said.",
        "Look for state that requests share: buffers, caches keyed too coarsely, contexts of a worker that is reused.",
    ),
    Rule(
        "malformed",
        Level.MUST,
        Basis.SPEC,
        "Under load, too, an answer is one that a client can read.",
        "Write whole events only: one writer per stream, and no buffer that two streams share.",
        "WHATWG HTML 9.2.6; OpenAI API reference",
    ),
    Rule(
        "protocol",
        Level.MUST,
        Basis.TRANSPORT,
        "Under load, too, an answer is HTTP.",
        "See what stands between: a proxy that runs out of buffers, a worker that ends in mid-response.",
        CITE,
    ),
    Rule(
        "cut",
        Level.MUST,
        Basis.TRANSPORT,
        "An answer that has begun is ended, and properly.",
        "Refuse with 429 or 503 before the first byte, never in the middle; raise limits of time and connections.",
        CITE,
    ),
    Rule(
        "error event",
        Level.SHOULD,
        Basis.BEHAVIOUR,
        "A stream that has begun does not end in an error.",
        "Admit no more than the engine can carry: refuse with 429 or 503 before the first byte.",
    ),
    Rule(
        "timeout",
        Level.SHOULD,
        Basis.BEHAVIOUR,
        "Every request is answered within the time that clients wait.",
        "Bound the queue and refuse what is beyond it; or give the run more patience with --timeout.",
    ),
    Rule(
        "connect",
        Level.SHOULD,
        Basis.TRANSPORT,
        "Connections are taken.",
        "Raise the listen backlog and the limit of open files; see that keep-alive is on.",
        CITE,
    ),
    Rule(
        "status 5xx",
        Level.SHOULD,
        Basis.SPEC,
        "No request is answered with a server error.",
        "See the server's log; where it is overloaded, 429 with Retry-After tells clients when to come again.",
        "OpenAI API reference: error codes",
    ),
    Rule(
        "status 4xx",
        Level.MAY,
        Basis.SPEC,
        "No request is refused.",
        "Where these are 429, more was sent than the target admits: raise its limits, or send less.",
        "OpenAI API reference: error codes",
    ),
)
"""Every kind of error has its rule."""

OBSERVED: Final = (
    Rule(
        "late",
        Level.SHOULD,
        Basis.BEHAVIOUR,
        "No few answers come far later than all the others.",
        "Look for what is done now and then in everyone's way: garbage collection, a lock, a cache that is rebuilt.",
    ),
    Rule(
        "concurrency",
        Level.SHOULD,
        Basis.BEHAVIOUR,
        "Failures do not begin with the number of requests in flight.",
        "Look for what is limited or shared per connection: buffers, file descriptors, slots; refuse what is beyond.",
    ),
)
"""What the generator sees in the numbers."""

GENERATOR: Final = Rule(
    "generator",
    Level.MUST,
    Basis.BEHAVIOUR,
    "The generator is not the bottleneck: what is measured is the target.",
    "Give it more processes with --workers, a machine of its own, or less to do.",
)
CAPACITY: Final = Rule(
    "capacity",
    Level.MUST,
    Basis.BEHAVIOUR,
    "Some load is carried within the SLOs.",
    "See which SLO the least load broke already, and whether it is meant for this target.",
)
ANSWERS: Final = Rule(
    "answers",
    Level.MUST,
    Basis.BEHAVIOUR,
    "The target answers for as long as the load lasts.",
    "See the server's log: it took no more connections.",
)


def kind_of(error: str) -> str:
    """Return the kind of rule that an error breaks: statuses by their class."""
    return f"{error[:8]}xx" if error.startswith("status ") else error
