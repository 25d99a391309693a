"""A request drawn at random, and what is claimed of it."""

from dataclasses import dataclass

from cozecheck.contract.mutations import MUTATIONS, Mutation
from cozecheck.scenarios.sending import Send

ABSENT = "0" * 32
"""What follows the prefix of an id that nobody has."""


@dataclass(frozen=True, slots=True)
class Case:
    """A request to an *operation*: legal, or broken by one *mutation*.

    *param* is the field that was broken, as `error.param` spells it; empty where the body or the transport is broken.
    """

    operation: str
    send: Send
    mutation: str = ""
    param: str = ""

    @property
    def broken(self) -> Mutation | None:
        """What is known of the mutation; None for a legal request."""
        return MUTATIONS[self.mutation] if self.mutation else None


@dataclass(frozen=True, slots=True)
class Known:
    """Objects that the target has and that requests may speak of; of those not given, nobody has heard."""

    conversation: str = f"conv_{ABSENT}"
    file: str = f"file-{ABSENT}"
