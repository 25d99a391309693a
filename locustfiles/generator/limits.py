"""How long to wait for a target, and how much to take from it."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds, sizes in bytes as received."""

    connect: float = 5.0
    first_byte: float = 60.0
    """From sending to the first byte of the response."""
    idle: float = 60.0
    """Between two reads."""
    total: float = 240.0
    """For the whole exchange."""
    head: int = 96 * 1024
    body: int = 16 * 1024 * 1024

    @classmethod
    def within(cls, timeout: float) -> Self:
        """Return limits that let a target be silent for *timeout* seconds, and busy for four times as long."""
        return cls(connect=min(5.0, timeout), first_byte=timeout, idle=timeout, total=4 * timeout)
