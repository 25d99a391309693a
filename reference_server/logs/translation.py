"""Both sides of the translation, for debugging: parameters, never content."""

import logging
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from typing import Any

log = logging.getLogger(__name__)


def names(text: str) -> frozenset[str]:
    """Split names at spaces."""
    return frozenset(text.split())


WORDS = names("""
    model type role encoding_format response_format reasoning_effort effort service_tier tool_choice truncation
    verbosity summary object detail mime_type format finish_reason voice size quality background moderation style
    output_format purpose completion_window endpoint language
""")
"""Parameters whose value is a word of the API."""
NUMBERS = names("""
    temperature top_p n max_tokens max_completion_tokens max_output_tokens seed presence_penalty frequency_penalty
    stream logprobs top_logprobs include_usage include_obfuscation parallel_tool_calls store strict dimensions
    best_of echo speed max_tool_calls background top_k min_p repetition_penalty partial_images
""")
"""Parameters whose value is a number, or yes or no."""
GROUPS = names("""
    messages input prompt content tools function functions tool_calls stream_options reasoning text stop suffix
    instructions name description user sampling_params safety_identifier prompt_cache_key image_url url file data id
    tool_call_id previous_response_id conversation include modalities timestamp_granularities
""")
"""Parameters that are named, and whose value is content or holds some."""
OPAQUE = names("arguments parameters schema json_schema metadata logit_bias")
"""Objects whose names are the client's own."""
KNOWN = WORDS | NUMBERS | GROUPS | OPAQUE
WORD = re.compile(r"[\w.:/-]{1,64}", re.ASCII)
DEEPEST = 8
MOST = 20


def log_translation(request_id: str, asked: Any, engine: str, given: Any) -> None:
    """Log what a client asked and what the engine is given: JSON, or records of our own; free unless debugging."""
    if log.isEnabledFor(logging.DEBUG):
        sides = {"asked": shape(asked), "engine": engine, "given": shape(given)}
        log.debug("translation", extra={"fields": {"request_id": request_id, **sides}})


def shape(value: Any, name: str = "", depth: int = 0) -> Any:
    """Return a value with its parameters, and of everything else only what it is and how long.

    What is shown is on a list: a parameter that nobody thought of may be content, and so may its name be.
    """
    if isinstance(value, bool | int | float):
        return value if name in NUMBERS else type(value).__name__
    if value is None:
        return None
    if isinstance(value, str):
        return value if name in WORDS and WORD.fullmatch(value) else f"({len(value)} characters)"
    if isinstance(value, bytes | bytearray):
        return f"({len(value)} bytes)"
    if depth == DEEPEST:
        return "(…)"
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, Mapping):
        return f"({len(value)} keys)" if name in OPAQUE else shape_of_object(value, depth)
    if isinstance(value, Sequence | Set):
        return shape_of_list(list(value), depth)
    return f"({type(value).__name__})"


def shape_of_object(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    """Return an object by its known names, and how many others there are."""
    found = {name: shape(each, name, depth + 1) for name, each in value.items() if name in KNOWN}
    others = len(value) - len(found)
    return {**found, "(others)": others} if others else found


def shape_of_list(values: list[Any], depth: int) -> Any:
    """Return the first of a list; numbers, which may be tokens or vectors, are counted."""
    if values and all(isinstance(each, int | float) for each in values):
        return f"({len(values)} numbers)"
    found = [shape(each, depth=depth + 1) for each in values[:MOST]]
    return [*found, f"(and {len(values) - MOST})"] if len(values) > MOST else found
