"""What one request may hold: counted before anything expensive is done with it."""

from collections.abc import Mapping
from typing import Any

from reference_server.errors import Refusal, TooLong
from reference_server.protocol.fields import refuse_outside, short_text
from reference_server.settings.limits import RequestLimits

TURNS = ("messages", "input", "items")
"""Where conversations stand, by operation."""
PARTS = ("content", "output")
ATTACHED = frozenset({"image_url", "input_image", "input_audio", "audio_url", "video_url", "file", "input_file"})
TOOLS = ("tools", "functions")
model_name = short_text(512)
"""Reads a name that goes into routes, logs and metrics."""
Json = Mapping[str, Any]


class TooDeep(Refusal):
    """JSON that is nested too deeply."""

    def __init__(self, most: int) -> None:
        """`most` counts levels, the body itself being the first."""
        super().__init__(400, f"The JSON body of your request is nested too deeply: it may have {most} levels.")


class TooManyAttachments(Refusal):
    """More images, sounds and files than one request may hold."""

    def __init__(self, param: str, most: int, got: int) -> None:
        """`param` is where they are."""
        message = f"Invalid '{param}': too many images, sounds and files. Expected at most {most}, but got {got}."
        super().__init__(400, message, code="too_many_attachments", param=param)


def refuse_beyond(fields: Json, body: bytes, limits: RequestLimits) -> None:
    """Refuse a request that holds too much; what is of the wrong type is for others to refuse."""
    if isinstance(model := fields.get("model"), str):
        model_name(model, "model")
    if type(choices := fields.get("n")) is int and choices > limits.max_choices:
        refuse_outside(choices, "n", 1, limits.max_choices, "integer")
    # Whatever is counted below begins with a bracket: few of them hold nothing that is too much.
    if body.count(b"{") + body.count(b"[") > limits.least:
        refuse_much(fields, limits)


def refuse_much(fields: Json, limits: RequestLimits) -> None:
    """Refuse what has too many levels, tools, turns, or attachments in them."""
    refuse_depth(fields, limits.max_depth)
    for name in TOOLS:
        refuse_length(fields, name, limits.max_tools)
    for name in TURNS:
        turns = objects(fields.get(name))
        if len(turns) > limits.max_messages:
            raise TooLong(name, "array", limits.max_messages, len(turns))
        if (got := attachments(turns)) > limits.max_images:
            raise TooManyAttachments(name, limits.max_images, got)


def refuse_depth(fields: Json, most: int) -> None:
    """Refuse JSON of more levels than so many, level by level."""
    level: list[Any] = [fields]
    for _ in range(most):
        insides = [each.values() if type(each) is dict else each for each in level]
        level = [inner for inside in insides for inner in inside if type(inner) is dict or type(inner) is list]
        if not level:
            return
    raise TooDeep(most)


def refuse_length(fields: Json, name: str, most: int) -> None:
    """Refuse an array of more elements than so many."""
    value = fields.get(name)
    if isinstance(value, list) and len(value) > most:
        raise TooLong(name, "array", most, len(value))


def objects(value: Any) -> list[Json]:
    """Return the objects in an array; embeddings' texts and tokens are none."""
    return [each for each in value if type(each) is dict] if type(value) is list else []


def attachments(turns: list[Json]) -> int:
    """Count what is attached to turns; a moderation's input consists of such parts itself."""
    contents = [turn[name] for turn in turns for name in PARTS if name in turn]
    parts = [part for content in contents if type(content) is list for part in content if type(part) is dict]
    kinds = [each.get("type") for each in (*turns, *parts)]
    return sum([kind in ATTACHED for kind in kinds if type(kind) is str])
