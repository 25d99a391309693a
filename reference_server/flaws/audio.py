"""Flaws of speech and transcripts."""

import base64
from collections.abc import Callable
from dataclasses import replace

from reference_server.flaws.canned import SERVER_ERROR
from reference_server.flaws.kinds import after
from reference_server.flaws.messages import Json, Reply, Request

SPEECH = "/audio/speech"
TRANSCRIPTION = "/audio/transcriptions"
TRANSLATION = "/audio/translations"
SILENCE = b"\xff\xf3\x84\xc4" + bytes(188)
"""A frame of MP3."""
DATA_LENGTH = slice(40, 44)
"""Where a plain WAV header says how many bytes of samples follow."""


@after("audio.speech")
def speech_500(request: Request, reply: Reply) -> Reply:
    """POST /audio/speech is answered 500."""
    return _failed(request, reply, SPEECH)


@after("audio.speech-type")
def speech_unlabelled(request: Request, reply: Reply) -> Reply:
    """Speech comes as application/octet-stream."""
    return reply.with_header("content-type", "application/octet-stream") if _speaks(request, reply) else reply


@after("audio.speech-bytes")
def speech_base64(request: Request, reply: Reply) -> Reply:
    """Speech comes in base64."""
    return replace(reply, body=base64.b64encode(reply.body)) if _speaks(request, reply) else reply


@after("audio.speech-wav")
def speech_wav_too_short(request: Request, reply: Reply) -> Reply:
    """A WAV file of speech holds less than its header says."""
    if not _speaks(request, reply) or not reply.body.startswith(b"RIFF"):
        return reply
    declared = (2 * len(reply.body)).to_bytes(4, "little")
    return replace(reply, body=reply.body[: DATA_LENGTH.start] + declared + reply.body[DATA_LENGTH.stop :])


@after("audio.speech-required")
def speech_of_nothing(request: Request, reply: Reply) -> Reply:
    """Speech is made without an input."""
    if not request.calls("POST", SPEECH) or reply.status != 400:
        return reply
    return replace(reply, status=200, body=SILENCE).with_header("content-type", "audio/mpeg")


@after("audio.transcription")
def transcription_500(request: Request, reply: Reply) -> Reply:
    """POST /audio/transcriptions is answered 500."""
    return _failed(request, reply, TRANSCRIPTION)


@after("audio.transcription-shape")
def transcription_no_text(request: Request, reply: Reply) -> Reply:
    """A transcript has no text."""
    return _changed(request, reply, TRANSCRIPTION, lambda body: body.pop("text"))


@after("audio.transcription-text")
def transcription_always_json(request: Request, reply: Reply) -> Reply:
    """A transcript as text or subtitles comes as JSON."""
    if not request.calls("POST", TRANSCRIPTION) or not reply.header("content-type").startswith("text/plain"):
        return reply
    return reply.with_json({"text": reply.body.decode()})


@after("audio.transcription-duration")
def transcription_duration_ms(request: Request, reply: Reply) -> Reply:
    """The duration of a transcript counts milliseconds."""
    return _changed(request, reply, TRANSCRIPTION, _in_milliseconds)


@after("audio.transcription-segments")
def transcription_no_segments(request: Request, reply: Reply) -> Reply:
    """A transcript with its segments has none."""
    return _changed(request, reply, TRANSCRIPTION, lambda body: body.pop("segments", None))


@after("audio.transcription-usage")
def transcription_usage_minutes(request: Request, reply: Reply) -> Reply:
    """The usage of a transcript is sixty times the recording."""
    return _changed(request, reply, TRANSCRIPTION, lambda body: body["usage"].update(seconds=60))


@after("audio.file-checked")
def transcription_of_anything(request: Request, reply: Reply) -> Reply:
    """A file that is no recording is transcribed."""
    refused = request.calls("POST", TRANSCRIPTION) and reply.status == 400
    return reply.with_json({"text": "Thank you for watching."}, status=200) if refused else reply


@after("audio.translation")
def translation_500(request: Request, reply: Reply) -> Reply:
    """POST /audio/translations is answered 500."""
    return _failed(request, reply, TRANSLATION)


@after("audio.translation-shape")
def translation_no_text(request: Request, reply: Reply) -> Reply:
    """A translation has no text."""
    return _changed(request, reply, TRANSLATION, lambda body: body.pop("text"))


def _speaks(request: Request, reply: Reply) -> bool:
    return request.calls("POST", SPEECH) and reply.status == 200


def _failed(request: Request, reply: Reply, path: str) -> Reply:
    return reply.with_json(SERVER_ERROR.json, status=500) if request.calls("POST", path) else reply


def _changed(request: Request, reply: Reply, path: str, change: Callable[[Json], object]) -> Reply:
    if not request.calls("POST", path) or reply.status != 200 or not reply.json:
        return reply
    body = reply.json
    change(body)
    return reply.with_json(body)


def _in_milliseconds(body: Json) -> None:
    if "duration" in body:
        body["duration"] *= 1000
