"""The documented parameters of completions and embeddings: what breaks them.

The ranges come from OpenAI's OpenAPI document, CreateCompletionRequest and CreateEmbeddingRequest.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from cozecheck.contract.parameters import LARGE, Fault, Range, is_number

COMPLETION_RANGES = (
    Range("best_of", 0, 20, whole=True),
    Range("frequency_penalty", -2, 2),
    Range("logprobs", 0, 5, whole=True),
    Range("max_tokens", 0, LARGE, whole=True),
    Range("n", 1, 128, whole=True),
    Range("presence_penalty", -2, 2),
    Range("temperature", 0, 2),
    Range("top_p", 0, 1),
)
ENCODINGS = ("float", "base64")


def completion_faults(body: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with a request for a completion; only what is beyond doubt."""
    if not isinstance(body.get("model"), str):
        yield Fault("model", "missing", "model is required")
    if "prompt" not in body:
        yield Fault("prompt", "missing", "prompt is required")
    elif not isinstance(body["prompt"], str | list | None) or body["prompt"] == []:
        yield Fault("prompt", "type", "prompt is neither a string nor an array with something in it")
    for each in COMPLETION_RANGES:
        if not each.holds(body.get(each.param)):
            yield Fault(each.param, "range", f"{body[each.param]} is not in {each.low}..{each.high}")
    best_of, count = body.get("best_of"), body.get("n")
    if is_number(best_of) and is_number(count) and best_of < count:
        yield Fault("best_of", "range", f"best_of is {best_of}, less than n")


def embedding_faults(body: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with a request for embeddings; only what is beyond doubt."""
    if not isinstance(body.get("model"), str):
        yield Fault("model", "missing", "model is required")
    given = body.get("input")
    if given is None:
        yield Fault("input", "missing", "input is required")
    elif not isinstance(given, str | list):
        yield Fault("input", "type", "input is neither a string nor an array")
    elif not given or (isinstance(given, list) and any(each in ("", []) for each in given)):
        yield Fault("input", "empty", "there is nothing in the input")
    dimensions = body.get("dimensions")
    if is_number(dimensions) and dimensions < 1:
        yield Fault("dimensions", "range", f"dimensions is {dimensions}, less than 1")
    if body.get("encoding_format") not in (None, *ENCODINGS):
        yield Fault("encoding_format", "enum", f"{body['encoding_format']!r} is no encoding")


def count_prompts(given: Any) -> int | None:
    """Return how many prompts or inputs a value holds: an array of numbers is one; None where it is no such value."""
    if isinstance(given, str) or given is None:
        return 1
    if not isinstance(given, list) or not given:
        return None
    return 1 if all(isinstance(each, int) for each in given) else len(given)
