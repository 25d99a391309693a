"""Completions, embeddings and moderations held against the SDK's types."""

from typing import Any

from openai.types import Completion, CreateEmbeddingResponse, ModerationCreateResponse

from cozecheck.contract.shapes import Departure, tagged_departures

OMNI_ONLY = frozenset(("illicit", "illicit/violent"))
"""Categories that the models of text alone do not have."""


LATER = frozenset(("harassment", "harassment/threatening", "self-harm/instructions", "self-harm/intent"))
"""Categories that OpenAI's models of text did not have before the summer of 2023."""


def completion(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's Completion; the first token of all has no odds, which the type forgets."""
    return tuple(each for each in tagged_departures(Completion, value) if not _is_unknown_chance(each))


def embeddings(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's CreateEmbeddingResponse."""
    return tagged_departures(CreateEmbeddingResponse, value)


def moderation(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's ModerationCreateResponse; what only newer models send may be missing."""
    is_old = isinstance(value, dict) and str(value.get("model")).startswith("text-moderation-")
    newer = OMNI_ONLY | {"category_applied_input_types"} | (LATER if is_old else frozenset())
    return tuple(each for each in tagged_departures(ModerationCreateResponse, value) if not _is_newer(each, newer))


def _is_unknown_chance(departure: Departure) -> bool:
    places = ("token_logprobs", "top_logprobs")
    return departure.actual is None and len(departure.path) == 5 and departure.path[3] in places


def _is_newer(departure: Departure, newer: frozenset[str]) -> bool:
    return departure.actual == "absent" and departure.path[:1] == ("results",) and departure.path[-1] in newer
