"""Files, batches, images and transcripts held against the SDK's types."""

from typing import Any

from openai.types import Batch, FileDeleted, FileObject, ImagesResponse
from openai.types.audio import Transcription, TranscriptionVerbose, Translation

from cozecheck.contract.shapes import Departure, tagged_departures


def file(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's FileObject; a purpose newer than the SDK is let pass."""
    return tuple(each for each in tagged_departures(FileObject, value) if not _is_new_word(each, "purpose"))


def deleted_file(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's FileDeleted."""
    return tagged_departures(FileDeleted, value)


def batch(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's Batch."""
    return tagged_departures(Batch, value)


def images(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's ImagesResponse."""
    return tagged_departures(ImagesResponse, value)


def transcription(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's Transcription."""
    return tagged_departures(Transcription, value)


def verbose_transcription(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's TranscriptionVerbose."""
    return tagged_departures(TranscriptionVerbose, value)


def translation(value: Any) -> tuple[Departure, ...]:
    """Hold *value* against the SDK's Translation."""
    return tagged_departures(Translation, value)


def _is_new_word(departure: Departure, name: str) -> bool:
    return departure.path == (name,) and isinstance(departure.actual, str)
