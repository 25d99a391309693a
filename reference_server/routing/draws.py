"""Numbers that look random and are not: the same turn, the same draw."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

BITS = 64
MASK = (1 << BITS) - 1
GOLDEN = 0x9E37_79B9_7F4A_7C15
"""2**64 divided by the golden ratio."""
STIR = 0xBF58_476D_1CE4_E5B9


@dataclass(frozen=True, slots=True)
class Draw:
    """A pool's decisions so far; those of them on this snapshot; a seed."""

    turn: int = 0
    since: int = 0
    seed: int = 0

    def spread(self) -> float:
        """Return a share in [0, 1): those of turns in a row lie as evenly as numbers can."""
        # The turn times the golden ratio, without the digits before the point: weights hold in the short run too.
        return ((self.turn * GOLDEN + self.seed) & MASK) / (1 << BITS)

    def below(self, bound: int, salt: int = 0) -> int:
        """Return an index below `bound` that has nothing to do with the turn before."""
        return (mixed(self.turn * GOLDEN + self.seed + salt) * bound) >> BITS


def pairings(one: int, others: Iterable[int]) -> list[int]:
    """Return 64 bits for `one` together with each of the others; all of them are keys."""
    # Half of what `mixed` does, and without a call for each: a session may be held against a thousand engines.
    return [(((one ^ other) * GOLDEN >> 29 & MASK) * STIR & MASK) for other in others]


def mixed(number: int) -> int:
    """Stir 64 bits until each of them depends on all (the end of splitmix64)."""
    number &= MASK
    number = ((number ^ (number >> 30)) * STIR) & MASK
    number = ((number ^ (number >> 27)) * 0x94D0_49BB_1331_11EB) & MASK
    return number ^ (number >> 31)


def key(text: str) -> int:
    """Return 64 bits for a text, the same in every process."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())
