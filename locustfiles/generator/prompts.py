"""Texts of about so many tokens, that a server can or cannot have cached."""

from dataclasses import dataclass
from random import Random

from generator.lengths import Draw

WORDS = (
    "harbour", "lantern", "orchard", "meadow", "bridge", "copper", "winter", "letter", "garden", "signal", "market",
    "river", "window", "thread", "paper", "stone", "morning", "engine", "barrel", "summit", "valley", "candle",
    "basket", "pillow", "ladder", "mirror", "ribbon", "saddle", "timber", "velvet", "willow", "anchor", "bottle",
    "canvas", "dinner", "ember", "fabric", "ginger", "hammer", "island", "jacket", "kettle", "lemon", "marble",
    "needle", "olive", "pepper", "quarry",
)  # fmt: skip
"""Each is about one token to most tokenizers."""
OVERHEAD = 24
"""Tokens of the instruction around the words, about."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is said to the model; *system* is what is only there for its length."""

    system: str
    user: str
    most: int
    """Tokens that the answer may have."""


class Prompter:
    """Makes prompts by lengths and a seed."""

    def __init__(self, random: Random, prompt: Draw, output: Draw, prefix: str) -> None:
        """*prefix* is `unique`, so that no prompt begins as another does, or `shared`."""
        self._random = random
        self._prompt = prompt
        self._output = output
        self._is_shared = prefix == "shared"

    def prompt(self, canary: str) -> Prompt:
        """Return a prompt that has a *canary* (or nothing) repeated at the start and the end of its answer."""
        tokens, output = self._prompt(self._random), self._output(self._random)
        repeated = max(0, min(output, tokens) - OVERHEAD)
        words = self._words(repeated)
        said = " ".join((canary, words, canary)) if repeated else canary or words or "hello"
        again = " again and again" if output > tokens else ""
        user = f"Repeat this word for word{again}: {said}"
        return Prompt(self._filler(max(0, tokens - repeated - OVERHEAD)), user, max(1, output))

    def text(self) -> str:
        """Return plain words, for an embedding."""
        return self._words(max(1, self._prompt(self._random)))

    def _words(self, count: int) -> str:
        return " ".join(self._random.choices(WORDS, k=count))

    def _filler(self, count: int) -> str:
        if not self._is_shared:
            return f"{self._random.getrandbits(48):012x} {self._words(max(0, count - 6))}".strip()
        return " ".join((WORDS * (count // len(WORDS) + 1))[:count])
