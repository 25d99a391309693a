"""How strictly two answers are compared: the measured defaults."""

from dataclasses import dataclass, field

from cozecheck.diff.noise import Noise
from cozecheck.diff.similarity import Similarity


@dataclass(frozen=True)
class Policy:
    """Thresholds, what is known to be noisy, and how meaning is measured, if it is.

    Defaults: see openai_wire.md, section 1. Token counts of prompts are exact as long as both requests name one
    model; where the model was renamed they are noise, for another model has another tokenizer. So are directions of
    embeddings: breaking under one name, changed under another.
    """

    noise: Noise = field(default_factory=Noise)
    similarity: Similarity | None = None
    least_similarity: float = 0.35
    """Unrelated texts come to 0.0 to 0.3; OpenAI's own second answers lie above."""
    most_times: float = 6.0
    """By which factor texts and token counts may differ."""
    fewest: int = 200
    """Texts, in characters, and counts, in tokens, whose difference is smaller are alike whatever the factor."""
    least_cosine: float = 0.99
    """OpenAI's own second answers reach 0.9959 at least."""


DEFAULT = Policy()
