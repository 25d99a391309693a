"""Files, batches, images and transcripts held against the SDK's types."""

from typing import Any

from openai.types import Batch, FileDeleted, FileObject, ImagesResponse
from openai.types.audio import Transcription, TranscriptionVerbose, Translation

from cozecheck.contract.shapes import Departure, tagged_departures


def file(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's FileObject; a purpose or status of another age is let pass."""
    return tuple(each for each in tagged_departures(FileObject, value) if not _is_new_word(each, "purpose", "status"))


def deleted_file(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's FileDeleted."""
    return tagged_departures(FileDeleted, value)


def batch(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's Batch; what usage, newer than batches, does not tell is let pass."""
    return tuple(each for each in tagged_departures(Batch, value) if each.path[:1] != ("usage",))


def images(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's ImagesResponse; words newer than the SDK are let pass."""
    words = ("background", "output_format", "quality")
    return tuple(each for each in tagged_departures(ImagesResponse, value) if not _is_new_word(each, *words))


def transcription(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's Transcription."""
    return tagged_departures(Transcription, value)


def verbose_transcription(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's TranscriptionVerbose."""
    return tagged_departures(TranscriptionVerbose, value)


def translation(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's Translation."""
    return tagged_departures(Translation, value)


def _is_new_word(departure: Departure, *names: str) -> bool:
    is_word = departure.expected != "present" and isinstance(departure.actual, str)
    return is_word and len(departure.path) == 1 and departure.path[0] in names
