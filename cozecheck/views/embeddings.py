"""Exchanges read as embeddings: what was to be embedded, and the vectors that came."""

import base64
import binascii
import struct
from functools import lru_cache
from math import isfinite, sqrt
from typing import Any

from cozecheck.contract.parameters import Fault, is_number
from cozecheck.contract.prompt_parameters import count_prompts, embedding_faults
from cozecheck.exchange import Exchange
from cozecheck.views.calls import Call, call, success
from cozecheck.views.requests import is_nonsense

CREATE = "embeddings.create"
Vector = tuple[float, ...]


def asked_embeddings(exchange: Exchange) -> Call | None:
    """Read an answered request for embeddings."""
    made = call(exchange, CREATE)
    return made if made and isinstance(exchange.request.parsed.value, dict) else None


def legal_embeddings(exchange: Exchange) -> Call | None:
    """Read an answered request for embeddings in which nothing is wrong."""
    made = asked_embeddings(exchange)
    return None if made is None or faults(made) or is_nonsense(made.asked["model"]) else made


def faulty_embeddings(exchange: Exchange) -> Call | None:
    """Read an answered request for embeddings that breaks the documentation."""
    made = asked_embeddings(exchange)
    return made if made and faults(made) and not is_nonsense(made.asked.get("model")) else None


def faults(made: Call) -> tuple[Fault, ...]:
    """Return how a request for embeddings departs from what is documented."""
    return tuple(embedding_faults(made.asked))


def embeddings(exchange: Exchange) -> Call | None:
    """Read a list of embeddings."""
    return success(exchange, CREATE)


def shortened(exchange: Exchange) -> Call | None:
    """Read an answered request for embeddings of so many dimensions."""
    made = legal_embeddings(exchange)
    return made if made and is_number(made.asked.get("dimensions")) else None


def several(exchange: Exchange) -> Call | None:
    """Read the embeddings of several inputs."""
    made = embeddings(exchange)
    return made if made and (count_prompts(made.asked.get("input")) or 0) > 1 else None


def vectors(made: Call) -> list[Vector | None]:
    """Return the vectors in the order in which they came; None for what is none."""
    return [vector(item.get("embedding")) for _, item in made.items]


def by_index(exchange: Exchange | None) -> list[Vector] | None:
    """Return the vectors in the order of their indices; None where they are not whole, or not as many as inputs."""
    made = embeddings(exchange) if exchange else None
    if made is None:
        return None
    numbered = sorted(made.items, key=lambda item: str(item[1].get("index")).zfill(6))
    found = [vector(item.get("embedding")) for _, item in numbered]
    if len(found) != count_prompts(made.asked.get("input")) or not all(found):
        return None
    return [each for each in found if each]


def vector(value: Any) -> Vector | None:
    """Return the numbers of a list, or of 32-bit floats in base64; None where they are none, or not finite."""
    if isinstance(value, str):
        return _decoded(value)
    if not isinstance(value, list) or not value or not all(is_number(each) and isfinite(each) for each in value):
        return None
    return tuple(value)


@lru_cache(maxsize=256)
def _decoded(text: str) -> Vector | None:
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    if not content or len(content) % 4:
        return None
    numbers = struct.unpack(f"<{len(content) // 4}f", content)
    return numbers if all(map(isfinite, numbers)) else None


def length(of: Vector) -> float:
    """Return the Euclidean length."""
    return sqrt(sum(each * each for each in of))


def likeness(one: Vector, other: Vector) -> float:
    """Return the cosine of the angle between two vectors; 0 where they can't be compared."""
    if len(one) != len(other):
        return 0.0
    lengths = length(one) * length(other)
    return sum(a * b for a, b in zip(one, other, strict=True)) / lengths if lengths else 0.0


def distance(one: Vector, other: Vector) -> float:
    """Return the largest difference of any dimension; infinite where there are not as many."""
    if len(one) != len(other):
        return float("inf")
    return max(abs(a - b) for a, b in zip(one, other, strict=True))
