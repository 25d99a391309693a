"""How long to wait for a target, and how much to take from it."""

from dataclasses import dataclass
from typing import Self

CONNECT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds, sizes in bytes as received."""

    connect: float = CONNECT_SECONDS
    """Until the connection stands, TLS and all."""
    first_byte: float = 30.0
    """From there until the head of the response is complete."""
    idle: float = 30.0
    """Between two pieces of the body."""
    total: float = 120.0
    """For the whole exchange."""
    head: int = 96 * 1024
    """Everything before the body, 1xx responses included; the libraries take 100 KiB at most."""
    body: int = 16 * 1024 * 1024
    events: int = 20_000

    @classmethod
    def within(cls, timeout: float) -> Self:
        """Return limits that let a target be silent for *timeout* seconds, and busy for four times as long."""
        return cls(connect=min(CONNECT_SECONDS, timeout), first_byte=timeout, idle=timeout, total=4 * timeout)
