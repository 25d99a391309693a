"""OpenAI's audio: request bodies to what is to be spoken or heard."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reference_server.errors import ModelNotFound, NotServed
from reference_server.protocol.fields import (
    Reader,
    array,
    decimal,
    either,
    nullable,
    one_of,
    record,
    refuse_outside,
    short_text,
    text,
)
from reference_server.protocol.json_body import parse_object
from reference_server.protocol.multipart import Upload, finite, parse_form, truth, upload, written

SPEECH_MODELS = ("gpt-4o-mini-tts", "tts-1")
HEARING_MODELS = ("whisper-1",)
VOICES = (
    *("alloy", "ash", "ballad", "coral", "echo", "fable", "onyx"),
    *("nova", "sage", "shimmer", "verse", "marin", "cedar"),
)
FORMATS = ("mp3", "wav", "pcm")
"""What the standard library, or a constant frame, can make."""
LONGEST = 4096
SLOWEST, FASTEST = 0.25, 4


def speed(value: Any, at: str) -> float:
    """Read how fast to speak."""
    found: float = decimal(0, FASTEST)(value, at)
    if found < SLOWEST:
        refuse_outside(found, at, 1, FASTEST, "decimal")
    return found


def sound_format(value: Any, at: str) -> str:
    """Read a format; of those documented we can make some."""
    name = one_of("mp3", "opus", "aac", "flac", "wav", "pcm")(value, at)
    if name not in FORMATS:
        raise NotServed(at, f"'{name}'")
    return str(name)


spoken: Mapping[str, Reader] = {
    "input": short_text(LONGEST),
    "model": text,
    "voice": either({str: one_of(*VOICES)}, "a string"),
}
how: Mapping[str, Reader] = {
    "instructions": text,
    "response_format": sound_format,
    "speed": speed,
    "stream_format": one_of("audio"),
}
speech = record(spoken, how)

heard: Mapping[str, Reader] = {"file": upload, "model": text}
number = written(decimal(0, 1), finite, "a number")
shape = one_of("json", "text", "srt", "verbose_json", "vtt")
translation: Mapping[str, Reader] = {"prompt": text, "response_format": shape, "temperature": number}
transcription: Mapping[str, Reader] = {
    **translation,
    "language": short_text(32),
    "stream": nullable(written(lambda value, _: value, truth, "true or false")),
    "timestamp_granularities": array(one_of("word", "segment")),
}
readers = {"transcribe": record(heard, transcription), "translate": record(heard, translation)}


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """What is to be spoken."""

    text: str
    format: str
    speed: float


@dataclass(frozen=True, slots=True)
class HearingRequest:
    """What is to be heard; `task` is `transcribe` or `translate`."""

    task: str
    upload: Upload
    format: str
    words: bool
    temperature: float


def parse_speech(body: bytes) -> SpeechRequest:
    """Read a request for speech."""
    given = speech(parse_object(body), "")
    known_model(given["model"], SPEECH_MODELS)
    return SpeechRequest(given["input"], given.get("response_format", "mp3"), given.get("speed", 1.0))


async def parse_hearing(task: str, content_type: str, body: bytes) -> HearingRequest:
    """Read a form with a recording. `stream` is ignored, as documented for this model."""
    given = readers[task](await parse_form(content_type, body), "")
    known_model(given["model"], HEARING_MODELS)
    wants_words = "word" in given.get("timestamp_granularities", ())
    return HearingRequest(
        task, given["file"], given.get("response_format", "json"), wants_words, given.get("temperature", 0.0)
    )


def known_model(model: str, models: tuple[str, ...]) -> None:
    """Refuse a model that does not do this."""
    if model not in models:
        raise ModelNotFound(model)
