"""What was heard, in the five shapes that OpenAI has for it."""

import zlib
from math import ceil
from typing import Any

from starlette.responses import Response

from reference_server.engines.sounds import Recording
from reference_server.engines.tokenizer import encode
from reference_server.formatting.json_text import to_bytes
from reference_server.protocol.openai_audio import HearingRequest

TEXT = "text/plain; charset=utf-8"


def words_for(recording: Recording) -> str:
    """Say what can be measured: nobody here understands speech."""
    channels = "one channel" if recording.channels == 1 else f"{recording.channels} channels"
    return f"A recording of {recording.seconds:.2f} seconds, {channels}, {recording.rate} samples a second."


def heard_response(asked: HearingRequest, recording: Recording) -> Response:
    """Return what was heard, in the shape that is asked for."""
    text = words_for(recording)
    if asked.format == "verbose_json":
        return Response(to_bytes(verbose_object(asked, recording, text)), media_type="application/json")
    if asked.format == "json":
        return Response(to_bytes(plain_object(asked, recording, text)), media_type="application/json")
    times = (clock(0, asked.format), clock(recording.seconds, asked.format))
    cue = f"{times[0]} --> {times[1]}\n{text}\n\n"
    bodies = {"text": f"{text}\n", "srt": f"1\n{cue}", "vtt": f"WEBVTT\n\n{cue}"}
    return Response(bodies[asked.format], media_type=TEXT)


def plain_object(asked: HearingRequest, recording: Recording, text: str) -> dict[str, Any]:
    """Return the text; of a translation there is no more."""
    if asked.task == "translate":
        return {"text": text}
    return {"text": text, "usage": {"type": "duration", "seconds": ceil(recording.seconds)}}


def verbose_object(asked: HearingRequest, recording: Recording, text: str) -> dict[str, Any]:
    """Return the text with its segments, and its words where they are asked for; times in seconds."""
    body = {
        "task": asked.task,
        "language": "english",
        "duration": round(recording.seconds, 2),
        "text": text,
        "segments": [segment_object(asked, recording, text)],
    }
    if asked.words:
        body["words"] = word_objects(recording, text)
    if asked.task == "transcribe":
        body["usage"] = {"type": "duration", "seconds": ceil(recording.seconds)}
    return body


def segment_object(asked: HearingRequest, recording: Recording, text: str) -> dict[str, Any]:
    """Return the one segment that a recording has here."""
    return {
        "id": 0,
        "seek": 0,
        "start": 0.0,
        "end": round(recording.seconds, 2),
        "text": text,
        "tokens": list(encode(text)),
        "temperature": asked.temperature,
        "avg_logprob": 0.0,
        "compression_ratio": round(len(text) / len(zlib.compress(text.encode())), 2),
        "no_speech_prob": 0.0,
    }


def word_objects(recording: Recording, text: str) -> list[dict[str, Any]]:
    """Spread the words over the recording, evenly."""
    words = text.split()
    step = recording.seconds / len(words)
    return [
        {"word": word, "start": round(place * step, 2), "end": round((place + 1) * step, 2)}
        for place, word in enumerate(words)
    ]


def clock(seconds: float, shape: str) -> str:
    """Return a time as subtitles have it: a comma before the milliseconds in SRT, a point in VTT."""
    total = round(seconds * 1000)
    rest, milliseconds = divmod(total, 1000)
    minutes, second = divmod(rest, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}{',' if shape == 'srt' else '.'}{milliseconds:03}"
