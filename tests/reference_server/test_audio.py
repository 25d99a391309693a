"""Audio: valid files, and what can be measured of one."""

import io
import wave
from typing import Any

import httpx2
import pytest

from tests.reference_server.asking import Json, app, ask, error

SPEECH: Json = {"model": "tts-1", "input": "One two three", "voice": "alloy"}


def speak(**asked: Any) -> httpx2.Response:
    return ask(app(), "POST", "/v1/audio/speech", json={**SPEECH, **asked})


def hear(content: bytes, to: str = "transcriptions", **fields: str) -> httpx2.Response:
    form: Json = {"data": {"model": "whisper-1", **fields}, "files": {"file": ("a.wav", content, "audio/wav")}}
    return ask(app(), "POST", f"/v1/audio/{to}", **form)


def spoken() -> bytes:
    return speak(response_format="wav").content


@pytest.mark.parametrize(("speed", "seconds"), [(1, 0.6), (2, 0.3)])
def test_speech_as_wav_is_as_long_as_its_words(speed: float, seconds: float) -> None:
    answer = speak(response_format="wav", speed=speed)
    assert answer.headers["content-type"] == "audio/wav"
    with wave.open(io.BytesIO(answer.content)) as file:
        assert file.getnframes() / file.getframerate() == pytest.approx(seconds)


def test_pcm_is_the_samples_of_the_wav_file() -> None:
    assert spoken().endswith(speak(response_format="pcm").content)


def test_mp3_is_whole_frames() -> None:
    answer = speak()
    assert answer.headers["content-type"] == "audio/mpeg"
    assert len(answer.content) % 192 == 0
    assert {answer.content[at : at + 4] for at in range(0, len(answer.content), 192)} == {b"\xff\xf3\x84\xc4"}


@pytest.mark.parametrize(
    ("change", "status", "param"),
    [
        ({"input": None}, 400, "input"),
        ({"voice": "nobody"}, 400, "voice"),
        ({"speed": 5}, 400, "speed"),
        ({"speed": 0.1}, 400, "speed"),
        ({"response_format": "flac"}, 400, "response_format"),
        ({"model": "gpt-4o"}, 404, None),
    ],
)
def test_what_cannot_be_spoken_is_refused_by_name(change: Json, status: int, param: str | None) -> None:
    answer = speak(**change)
    assert answer.status_code == status
    assert error(answer)["param"] == param


def test_a_transcript_tells_what_can_be_measured() -> None:
    body = hear(spoken()).json()
    assert body["text"] == "A recording of 0.60 seconds, one channel, 24000 samples a second."
    assert body["usage"] == {"type": "duration", "seconds": 1}
    assert hear(spoken(), "translations").json() == {"text": body["text"]}


def test_a_transcript_can_have_segments_and_words() -> None:
    body = hear(spoken(), response_format="verbose_json", **{"timestamp_granularities[]": "word"}).json()
    assert body["duration"] == 0.6
    assert [segment["end"] for segment in body["segments"]] == [0.6]
    assert " ".join(word["word"] for word in body["words"]) == body["text"]


@pytest.mark.parametrize(
    ("shape", "beginning"),
    [("text", "A recording"), ("srt", "1\n00:00:00,000 --> 00:00:00,600\n"), ("vtt", "WEBVTT\n\n00:00:00.000 -->")],
)
def test_a_transcript_can_be_plain_text(shape: str, beginning: str) -> None:
    answer = hear(spoken(), response_format=shape)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith(beginning)


@pytest.mark.parametrize("content", [b"", b"Words.", b"RIFF\x00\x00\x00\x00WAVE", b"RIFF\xff"])
def test_what_is_no_recording_is_refused(content: bytes) -> None:
    answer = hear(content)
    assert answer.status_code == 400
    assert error(answer)["param"] == "file"


def test_half_a_recording_is_measured_as_far_as_it_goes() -> None:
    assert hear(spoken()[:14_444]).json()["text"].startswith("A recording of 0.30 seconds")


@pytest.mark.parametrize("temperature", ["nan", "-inf", "1e999", "hot", ""])
def test_a_temperature_that_is_no_number_is_refused(temperature: str) -> None:
    answer = hear(spoken(), temperature=temperature)
    assert answer.status_code == 400
    assert error(answer)["param"] == "temperature"
