"""Large answers, each time in other words."""

import base64
import random
from array import array

from cozecheck.exchange import Exchange
from tests.examples import asking, chunk, exchange, stream
from tests.response_examples import item, item_list, talk

MESSAGES, CHUNKS, VECTORS, DIMENSIONS = 3_000, 2_000, 16, 6_144


def long_list(seed: int) -> Exchange:
    """A conversation of 3,000 messages, no two texts alike."""
    items = [item(number, f"message {number} of the {seed}th recording") for number in range(MESSAGES)]
    return talk(item_list(*items), below="/items")


def long_stream(seed: int) -> Exchange:
    """An answer in 2,000 chunks."""
    opening = chunk({"role": "assistant", "content": "", "refusal": None})
    told = (chunk({"content": f"word {number + seed} "}, obfuscation="x" * seed) for number in range(CHUNKS))
    return stream(opening, *told, chunk(finish="stop"), asked=asking(stream=True))


def embeddings(seed: int, *, as_text: bool = False) -> Exchange:
    """16 embeddings of 6,144 dimensions, nearly the same each time."""
    steady, moved = random.Random(0), random.Random(seed)
    data = []
    for index in range(VECTORS):
        numbers = [steady.gauss(0, 1) + moved.gauss(0, 1e-4) for _ in range(DIMENSIONS)]
        vector = base64.b64encode(array("f", numbers).tobytes()).decode() if as_text else numbers
        data.append({"object": "embedding", "index": index, "embedding": vector})
    counted = {"prompt_tokens": 4, "total_tokens": 4}
    body = {"object": "list", "data": data, "model": "text-embedding-3-large", "usage": counted}
    return exchange({"model": "text-embedding-3-large", "input": ["a"] * VECTORS}, body, path="/embeddings")
