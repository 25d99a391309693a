"""Audio: an exchange that passes and one that fails, for every check."""

from typing import Any

import pytest

from cozecheck.checks import ALL
from cozecheck.contract.media import sound_format, wav
from cozecheck.exchange import Exchange
from tests.checks.calls import Json, call, failed, heard, tone, without

MP3 = b"\xff\xf3\x84\xc4" + bytes(188)
REFUSED: Json = {"error": {"message": "Wrong", "type": "invalid_request_error", "param": "x", "code": None}}
BROKEN: Json = {"error": {"message": "Broken"}}
PLAIN: Json = {"text": "Hello.", "usage": {"type": "duration", "seconds": 1}}
SEGMENT: Json = {
    "id": 0,
    "seek": 0,
    "start": 0.0,
    "end": 1.0,
    "text": "Hello.",
    "tokens": [1],
    "temperature": 0.0,
    "avg_logprob": -0.1,
    "compression_ratio": 1.0,
    "no_speech_prob": 0.1,
}
VERBOSE: Json = {"task": "transcribe", "language": "english", "duration": 1.0, "text": "Hello.", "segments": [SEGMENT]}


def spoken(
    answer: Any = MP3, shape: str | None = None, *, status: int = 200, kind: str = "audio/mpeg", **asked: Any
) -> Exchange:
    body = {"model": "tts-1", "voice": "alloy", "input": "Hello.", "response_format": shape, **asked}
    sent = {key: value for key, value in body.items() if value is not None}
    return call("POST", "/audio/speech", answer, sent, status=status, media_type=kind)


def longer(content: bytes) -> bytes:
    """A WAV file whose header tells of more than there is."""
    return content[:40] + (len(content) * 2).to_bytes(4, "little") + content[44:]


def verbose(**changes: Any) -> Exchange:
    return heard({**VERBOSE, **changes}, shape="verbose_json")


PASSIVE = {
    "audio.speech": (spoken(), spoken(BROKEN, status=500, kind="application/json")),
    "audio.speech-type": (spoken(), spoken(kind="application/octet-stream")),
    "audio.speech-bytes": (spoken(), spoken(b"{}")),
    "audio.speech-wav": (spoken(tone(), "wav"), spoken(longer(tone()), "wav")),
    "audio.speech-required": (spoken(REFUSED, status=400, input=None), spoken(input=None)),
    "audio.transcription": (heard(PLAIN), heard(BROKEN, status=500)),
    "audio.transcription-shape": (heard(PLAIN), heard(without(PLAIN, "text"))),
    "audio.transcription-text": (heard(b"Hello.\n", shape="text"), heard(PLAIN, shape="text")),
    "audio.transcription-duration": (verbose(), verbose(duration=1000.0)),
    "audio.transcription-segments": (verbose(), verbose(segments=[{**SEGMENT, "start": 2.0}])),
    "audio.transcription-usage": (heard(PLAIN), heard({**PLAIN, "usage": {"type": "duration", "seconds": 60}})),
    "audio.file-checked": (heard(REFUSED, content=b"Words.", status=400), heard(PLAIN, content=b"Words.")),
    "audio.translation": (heard(PLAIN, to="translations"), heard(BROKEN, status=500, to="translations")),
    "audio.translation-shape": (heard({"text": "Hello."}, to="translations"), heard({}, to="translations")),
}


@pytest.mark.parametrize("id", PASSIVE)
def test_a_check_passes_what_is_right_and_fails_what_is_wrong(id: str) -> None:
    right, wrong = PASSIVE[id]
    assert failed(id, right) == (1, 0)
    assert failed(id, wrong) == (1, 1)


def test_every_check_of_the_family_is_here() -> None:
    assert {check.id for check in ALL if check.family == "audio"} - {"audio.sdk-reads"} == set(PASSIVE)


def test_a_wav_file_of_a_length_not_known_yet_is_sound() -> None:
    streamed = tone()[:40] + b"\xff\xff\xff\xff" + tone()[44:]
    assert failed("audio.speech-wav", spoken(streamed, "wav")) == (1, 0)


@pytest.mark.parametrize("shape", ["srt", "vtt"])
def test_subtitles_begin_as_their_format_says(shape: str) -> None:
    beginnings = {"srt": b"1\n00:00:00,000 --> 00:00:01,000\nHello.\n", "vtt": b"WEBVTT\n\n"}
    assert failed("audio.transcription-text", heard(beginnings[shape], shape=shape)) == (1, 0)
    assert failed("audio.transcription-text", heard(b"Hello.\n", shape=shape)) == (1, 1)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (MP3, "mp3"),
        (b"ID3\x04\x00", "mp3"),
        (b"\xff\xf1\x50\x80", "aac"),
        (b"fLaC\x00", "flac"),
        (b"OggS\x00", "ogg"),
        (tone(), "wav"),
        (b"", ""),
        (b"{}", ""),
    ],
)
def test_sounds_are_told_by_their_first_bytes(content: bytes, name: str) -> None:
    assert sound_format(content) == name


def test_a_wav_file_is_measured_by_its_chunks() -> None:
    found = wav(tone(0.5))
    assert found is not None
    assert (found.seconds, found.rate, found.channels) == (0.5, 8000, 1)
    assert wav(tone()[:30]) is None
