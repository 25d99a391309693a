"""What an answer told: when its tokens came, how many there were, and what they said."""

from dataclasses import dataclass, field

from generator.failure import Failure


@dataclass(slots=True)
class Told:
    """An answer as read; times are those of the reads."""

    failure: Failure | None = None
    token_at: list[float] = field(default_factory=list)
    """When each event with content, reasoning, a refusal or a part of a call came."""
    output_at: float = 0.0
    """When the first came that is not reasoning."""
    texts: list[str] = field(default_factory=list)
    tokens_in: int = 0
    tokens_out: int = 0
    """By the usage; 0 where none was told."""
    events: int = 0

    @property
    def text(self) -> str:
        """All it said."""
        return "".join(self.texts)

    @property
    def output_tokens(self) -> int:
        """As the usage says, else an event each."""
        return self.tokens_out or len(self.token_at)

    def token(self, at: float, text: str, *, is_output: bool = True) -> None:
        """Note a piece of the answer."""
        self.token_at.append(at)
        self.texts.append(text)
        if is_output and not self.output_at:
            self.output_at = at
