"""Scenarios: speech and transcriptions."""

import io
import wave

from cozecheck.scenarios.forms import form
from cozecheck.scenarios.sending import Send, Steps, Subject, refuses, scenario

SPEECH = "/audio/speech"
TRANSCRIPTIONS = "/audio/transcriptions"
RATE = 16_000
HALF_WAVES = 440
"""Changes of sign in the second that our recording lasts."""


def recording() -> tuple[str, str, bytes]:
    """Make a WAV file of one second, with a tone in it."""
    half = RATE // HALF_WAVES
    tone = (b"\x00\x10" * half + b"\x00\xf0" * half) * (RATE // (2 * half) + 1)
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(tone[: 2 * RATE])
    return "tone.wav", "audio/wav", out.getvalue()


@scenario("audio.spoken", "audio.speech*", "errors.*", "transport.*")
def spoken(subject: Subject) -> Steps:
    """A sentence, spoken in three formats, and one without words."""
    plain = {"model": subject.speech_model, "input": "Hello there.", "voice": "alloy"}
    first = yield Send("mp3", path=SPEECH, json=plain)
    if refuses(first):
        return
    for name in ("wav", "pcm"):
        yield Send(name, path=SPEECH, json={**plain, "response_format": name})
    silent = {"model": subject.speech_model, "voice": "alloy"}
    yield Send("no input", path=SPEECH, json=silent, wrong="input is missing")


@scenario(
    "audio.written", "audio.transcription*", "audio.translation*", "audio.file-checked", "audio.sdk-reads", "errors.*"
)
def written(subject: Subject) -> Steps:
    """A tone of one second, transcribed in every shape and translated, and a text that is no recording."""
    fields = {"model": subject.transcription_model}
    first = yield form("json", TRANSCRIPTIONS, fields, file=recording())
    if not refuses(first):
        for name in ("text", "srt", "vtt", "verbose_json"):
            yield form(name, TRANSCRIPTIONS, {**fields, "response_format": name}, file=recording())
        words = {"response_format": "verbose_json", "timestamp_granularities[]": "word"}
        yield form("words", TRANSCRIPTIONS, {**fields, **words}, file=recording())
        text = ("tone.wav", "audio/wav", b"This is no recording.\n")
        yield form("no recording", TRANSCRIPTIONS, fields, file=text, wrong="the file is no recording")
    yield form("translation", "/audio/translations", fields, file=recording())
