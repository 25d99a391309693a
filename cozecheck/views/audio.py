"""Exchanges read as speech and transcripts."""

from cozecheck.contract.media import Wav, sound_format, wav
from cozecheck.exchange import Exchange
from cozecheck.views.calls import Call, call, success
from cozecheck.views.wire import is_recorded

SPEECH = "audio.speech.create"
TRANSCRIPTION = "audio.transcriptions.create"
TRANSLATION = "audio.translations.create"
TEXTS = ("text", "srt", "vtt")
"""Formats of a transcript that are no JSON."""


def speech_request(exchange: Exchange) -> Call | None:
    """Read an answered request for speech in which nothing is missing."""
    made = call(exchange, SPEECH)
    return made if made and {"input", "model", "voice"} <= made.asked.keys() else None


def incomplete_speech(exchange: Exchange) -> Call | None:
    """Read an answered request for speech without its text."""
    made = call(exchange, SPEECH)
    return made if made and made.asked and "input" not in made.asked else None


def speech(exchange: Exchange) -> Call | None:
    """Read speech that came as a file, where it is known in what format it was asked for."""
    made = call(exchange, SPEECH)
    return made if made and made.is_known and made.response.ok and not made.response.is_stream else None


def wav_speech(exchange: Exchange) -> tuple[Call, Wav] | None:
    """Read speech that is a WAV file."""
    made = speech(exchange)
    found = wav(made.binary) if made else None
    return (made, found) if made and found else None


def asked_format(made: Call) -> str:
    """Return the format of speech that was asked for."""
    return str(made.asked.get("response_format") or "mp3")


def transcription_request(exchange: Exchange) -> Call | None:
    """Read an answered request for the transcript of a recording."""
    made = call(exchange, TRANSCRIPTION)
    return made if made and _has_sound(made) else None


def translation_request(exchange: Exchange) -> Call | None:
    """Read an answered request for the translation of a recording."""
    made = call(exchange, TRANSLATION)
    return made if made and _has_sound(made) else None


def soundless(exchange: Exchange) -> Call | None:
    """Read an answered request for the transcript of plain text; recorders put such in the place of sounds."""
    made = call(exchange, TRANSCRIPTION)
    return made if made and made.file and made.file.content.isascii() and not is_recorded(made.response) else None


def _has_sound(made: Call) -> bool:
    return bool(made.file and sound_format(made.file.content))


def transcript(exchange: Exchange) -> Call | None:
    """Read a transcript in JSON."""
    made = success(exchange, TRANSCRIPTION)
    return made if made and transcript_format(made) in ("json", "verbose_json") else None


def verbose_transcript(exchange: Exchange) -> Call | None:
    """Read a transcript with its segments."""
    made = success(exchange, TRANSCRIPTION)
    return made if made and transcript_format(made) == "verbose_json" else None


def text_transcript(exchange: Exchange) -> Call | None:
    """Read a transcript for which plain text or subtitles were asked; null is none."""
    made = call(exchange, TRANSCRIPTION)
    if made is None or not made.response.ok or made.response.json is None:
        return None
    return made if transcript_format(made) in TEXTS else None


def translation(exchange: Exchange) -> Call | None:
    """Read a translation in JSON."""
    made = success(exchange, TRANSLATION)
    return made if made and transcript_format(made) == "json" else None


def transcript_format(made: Call) -> str:
    """Return the format of a transcript that was asked for; empty where the form is not known."""
    return made.form.get("response_format", "json") if made.parts else ""
