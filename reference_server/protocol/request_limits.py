"""What one request may hold: counted before anything expensive is done with it."""

from collections.abc import Iterator, Mapping
from typing import Any

from reference_server.errors import Refusal, TooLong
from reference_server.protocol.fields import refuse_outside, short_text
from reference_server.settings.limits import RequestLimits

TURNS = ("messages", "input", "items")
"""Where conversations stand, by operation."""
PARTS = ("content", "output")
ATTACHED = frozenset({"image_url", "input_image", "input_audio", "audio_url", "video_url", "file", "input_file"})
TOOLS = ("tools", "functions")
LONGEST_MODEL = 512
"""Characters: the name is looked for in routes, logs and metrics."""
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


def refuse_beyond(fields: Json, limits: RequestLimits) -> None:
    """Refuse a request that holds too much; what is of the wrong type is for others to refuse."""
    refuse_depth(fields, limits.max_depth)
    if isinstance(model := fields.get("model"), str):
        short_text(LONGEST_MODEL)(model, "model")
    for name in TOOLS:
        refuse_length(fields, name, limits.max_tools)
    if type(choices := fields.get("n")) is int and choices > limits.max_choices:
        refuse_outside(choices, "n", 1, limits.max_choices, "integer")
    for name in TURNS:
        turns = objects(fields.get(name))
        if len(turns) > limits.max_messages:
            raise TooLong(name, "array", limits.max_messages, len(turns))
        if (got := sum(part.get("type") in ATTACHED for part in parts(turns))) > limits.max_images:
            raise TooManyAttachments(name, limits.max_images, got)


def refuse_depth(fields: Json, most: int) -> None:
    """Refuse JSON of more levels than so many, level by level."""
    level: list[Any] = [fields]
    for _ in range(most):
        level = [inner for each in level for inner in contained(each)]
        if not level:
            return
    raise TooDeep(most)


def contained(value: Any) -> list[Any]:
    """Return the objects and arrays right inside a value."""
    inside = value.values() if isinstance(value, dict) else value
    return [each for each in inside if type(each) is dict or type(each) is list]


def refuse_length(fields: Json, name: str, most: int) -> None:
    """Refuse an array of more elements than so many."""
    value = fields.get(name)
    if isinstance(value, list) and len(value) > most:
        raise TooLong(name, "array", most, len(value))


def objects(value: Any) -> list[Json]:
    """Return the objects in an array; embeddings' texts and tokens are none."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def parts(turns: list[Json]) -> Iterator[Json]:
    """Yield the parts of turns; a moderation's input consists of parts itself."""
    for turn in turns:
        yield turn
        for name in PARTS:
            yield from objects(turn.get(name))
