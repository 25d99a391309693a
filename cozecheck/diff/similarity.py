"""How alike two texts are in meaning, where the extra is installed."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

Similarity = Callable[[str, str], float]
"""Two texts to the cosine of their embeddings."""
LONGEST = 20_000
"""Characters of a text that are looked at."""


def installed() -> Similarity | None:
    """Return the similarity that WordLlama's weights give; None where the extra `similarity` is not installed.

    Its own loader looks for the tokenizer in a folder that the wheel does not have, and then asks the network: so
    the files are read here, and nothing of it runs.
    """
    spec = find_spec("wordllama")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    tokenizer = folder / "tokenizers" / "l2_supercat_tokenizer_config.json"
    weights = folder / "weights" / "l2_supercat_256.safetensors"
    return _similarity(tokenizer, weights) if tokenizer.exists() and weights.exists() else None


def _similarity(tokenizer: Path, weights: Path) -> Similarity:
    encode = import_module("tokenizers").Tokenizer.from_file(str(tokenizer)).encode
    table = import_module("safetensors.numpy").load_file(str(weights))["embedding.weight"].astype("float32")

    def embed(text: str) -> Any:
        return table[encode(text[:LONGEST], add_special_tokens=False).ids or [0]].mean(axis=0)

    def similarity(one: str, other: str) -> float:
        a, b = embed(one), embed(other)
        lengths = float((a @ a) * (b @ b)) ** 0.5
        return float(a @ b) / lengths if lengths else 0.0

    return similarity
