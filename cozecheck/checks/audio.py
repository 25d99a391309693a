"""Checks: speech and transcripts."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from cozecheck.checks.registry import check
from cozecheck.contract import resource_shapes, sources
from cozecheck.contract.media import UNKNOWN_LENGTHS, Wav, sound_format, wav
from cozecheck.contract.parameters import is_number
from cozecheck.exchange import ABSENT
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.audio import (
    asked_format,
    incomplete_speech,
    soundless,
    speech,
    speech_request,
    text_transcript,
    transcript,
    transcript_format,
    transcription_request,
    translation,
    translation_request,
    verbose_transcript,
    wav_speech,
)
from cozecheck.views.calls import Call, served, turned_down
from cozecheck.views.wire import is_recorded

TYPES = {
    "mp3": ("audio/mpeg", "audio/mp3"),
    "wav": ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"),
    "pcm": ("audio/pcm", "audio/l16"),
    "opus": ("audio/opus", "audio/ogg"),
    "aac": ("audio/aac",),
    "flac": ("audio/flac", "audio/x-flac"),
}
OPUS = "ogg"
"""The file format in which opus comes."""
BEGINNINGS = {"srt": "1", "vtt": "WEBVTT"}
NEAR = 0.5
"""Seconds by which a duration may be off: recognisers cut into windows."""


@check(
    "audio.speech",
    Level.MUST,
    Basis.SPEC,
    of=speech_request,
    cite=sources.spec("CreateSpeechRequest/required"),
    breaks=("everybody who lets a text be spoken",),
    remedy="Answer POST /audio/speech, or refuse it with 404 or 501 in the envelope.",
)
def spoken(it: Call) -> Iterator[Verdict]:
    """A request for speech is answered with a sound."""
    verdict = served(it, "POST /audio/speech")
    if verdict:
        yield verdict


@check(
    "audio.speech-type",
    Level.SHOULD,
    Basis.SPEC,
    of=speech,
    cite=sources.SPEECH + "response_format",
    breaks=("browsers and players that go by the Content-Type",),
    remedy="Name the format: audio/mpeg, audio/wav, audio/pcm, audio/opus, audio/aac or audio/flac.",
)
def speech_type(it: Call) -> Iterator[Verdict]:
    """The Content-Type of speech is that of the format asked for."""
    known = TYPES.get(asked_format(it))
    if known and it.response.media_type is not None and it.response.media_type not in known:
        yield Problem(" or ".join(known), it.response.media_type, at="content-type")


@check(
    "audio.speech-bytes",
    Level.MUST,
    Basis.SPEC,
    of=speech,
    cite=sources.SPEECH + "response_format",
    breaks=("everybody who saves or plays it",),
    remedy="Send the bytes of the file, in the format asked for, mp3 where none is; no JSON, no base64.",
)
def speech_bytes(it: Call) -> Iterator[Verdict]:
    """The body of speech is a sound in the format asked for."""
    wanted, content = asked_format(it), it.binary
    found = sound_format(content)
    if not found and is_recorded(it.response) and content[:1] not in b"{[<":
        yield Inconclusive("a recording in which the bytes may have been spoilt")
    elif wanted == "pcm":
        if not content or len(content) % 2 or found == "wav" or content[:1] in b"{[<":
            yield Problem("samples of 16 bits", repr(content[:24]), at="body")
    elif wanted in TYPES and found != (OPUS if wanted == "opus" else wanted):
        yield Problem(wanted, found or repr(content[:24]), at="body")


@check(
    "audio.speech-wav",
    Level.MUST,
    Basis.SPEC,
    of=wav_speech,
    cite=sources.SPEECH + "response_format; RIFF/WAVE",
    breaks=("players and decoders: they stop early, or refuse the file",),
    remedy="Let the length in the data chunk be the bytes that follow, or 0xFFFFFFFF where it is not known yet.",
)
def speech_wav(it: tuple[Call, Wav]) -> Iterator[Verdict]:
    """The header of a WAV file is sound: it has a rate, and the length of the samples."""
    _, found = it
    if not found.rate or not found.channels or not found.bytes_per_second:
        yield Problem("a rate and channels", f"{found.rate} Hz, {found.channels} channels", at="fmt chunk")
    elif found.declared not in UNKNOWN_LENGTHS and not found.declared <= found.held:
        yield Problem(f"{found.held} bytes", found.declared, at="data chunk")
    elif not found.held:
        yield Problem("samples", "none", at="data chunk")


@check(
    "audio.speech-required",
    Level.MUST,
    Basis.SPEC,
    of=incomplete_speech,
    cite=sources.spec("CreateSpeechRequest/required"),
    breaks=("everybody with a mistake in the name of the parameter",),
    remedy="Refuse a request without input with 400, and name the parameter.",
)
def speech_required(it: Call) -> Iterator[Verdict]:
    """A request for speech without a text is refused with a 4xx."""
    verdict = turned_down(it, "a request without input")
    if verdict:
        yield verdict


@check(
    "audio.transcription",
    Level.MUST,
    Basis.SPEC,
    of=transcription_request,
    cite=sources.spec("CreateTranscriptionRequest/required"),
    breaks=("everybody who lets a recording be written down",),
    remedy="Take multipart/form-data with file and model, or refuse it with 404 or 501 in the envelope.",
)
def transcribed(it: Call) -> Iterator[Verdict]:
    """A recording that is sent to be transcribed is taken."""
    verdict = served(it, "POST /audio/transcriptions")
    if verdict:
        yield verdict


@check(
    "audio.transcription-shape",
    Level.MUST,
    Basis.SDK,
    of=transcript,
    cite=sources.TRANSCRIPTION + "/required",
    breaks=("typed clients: text is required; with verbose_json, duration and language too",),
    remedy='Answer `{"text": …}`, and with verbose_json duration, language and segments besides.',
)
def transcription_shape(it: Call) -> Iterator[Verdict]:
    """A transcript has the fields of the SDK's type, each of its type."""
    is_verbose = transcript_format(it) == "verbose_json"
    hold = resource_shapes.verbose_transcription if is_verbose else resource_shapes.transcription
    for departure in hold(it.value):
        yield Problem(departure.expected, departure.actual, at=departure.pointer)


@check(
    "audio.transcription-text",
    Level.MUST,
    Basis.SPEC,
    of=text_transcript,
    cite=sources.TRANSCRIPTION_REQUEST + "response_format",
    breaks=("clients that write subtitles to a file: they find JSON in it",),
    remedy="Answer text, srt and vtt as plain text, without JSON around it.",
)
def transcription_text(it: Call) -> Iterator[Verdict]:
    """A transcript as text, SRT or VTT is that text, and no JSON."""
    text = it.response.content.decode("utf-8", "replace").lstrip("\ufeff \r\n")
    wanted = transcript_format(it)
    if isinstance(it.response.json, dict | str) or not text.startswith(BEGINNINGS.get(wanted, "")):
        yield Problem(f"plain {wanted}", text[:80], at="body")


@check(
    "audio.transcription-duration",
    Level.SHOULD,
    Basis.SPEC,
    of=verbose_transcript,
    cite=sources.spec("CreateTranscriptionResponseVerboseJson/properties/duration"),
    breaks=("accounting by the second, and subtitles",),
    remedy="Measure the recording, in seconds.",
    requires=("audio.transcription-shape",),
)
def transcription_duration(it: Call) -> Iterator[Verdict]:
    """The duration of a transcript is that of the recording, in seconds."""
    sent = wav(it.file.content) if it.file else None
    told = it.value.get("duration")
    if sent and is_number(told) and abs(told - sent.seconds) > NEAR:
        yield Problem(f"about {sent.seconds:.2f}", told, at="/duration")


@check(
    "audio.transcription-segments",
    Level.SHOULD,
    Basis.SPEC,
    of=verbose_transcript,
    cite=sources.spec("CreateTranscriptionResponseVerboseJson/properties/segments"),
    breaks=("subtitles",),
    remedy="Give the segments in order, within the recording; and the words, where they are asked for.",
    requires=("audio.transcription-shape", "audio.transcription-duration"),
)
def transcription_segments(it: Call) -> Iterator[Verdict]:
    """The segments of a transcript, and the words where asked for, are in order and within the recording."""
    asked = it.form.get("timestamp_granularities[]", "segment")
    name = "words" if asked == "word" else "segments"
    found = it.value.get(name)
    if not isinstance(found, list) or (not found and it.value.get("text")):
        yield Problem(f"a list of {name}", it.value.get(name, ABSENT), at=f"/{name}")
    elif not _is_in_order(found, it.value["duration"] + NEAR):
        yield Problem(f"times in order, up to {it.value['duration']}", found[:3], at=f"/{name}")


def _is_in_order(spans: list[dict[str, Any]], end: float) -> bool:
    ordered = all(earlier["start"] <= later["start"] for earlier, later in pairwise(spans))
    return ordered and all(0 <= span["start"] <= span["end"] <= end for span in spans)


@check(
    "audio.transcription-usage",
    Level.SHOULD,
    Basis.SPEC,
    of=transcript,
    cite=sources.TRANSCRIPTION + "/properties/usage",
    breaks=("cost accounting",),
    remedy="Tell the tokens with their sum, or the seconds of the recording.",
    requires=("audio.transcription-shape",),
)
def transcription_usage(it: Call) -> Iterator[Verdict]:
    """Where the usage of a transcript is told, its tokens add up and its seconds are those of the recording."""
    usage, sent = it.value.get("usage"), wav(it.file.content) if it.file else None
    if not isinstance(usage, dict):
        return
    if usage["type"] == "tokens" and usage["input_tokens"] + usage["output_tokens"] != usage["total_tokens"]:
        sum_ = f"{usage['input_tokens']} + {usage['output_tokens']}"
        yield Problem(sum_, usage["total_tokens"], at="/usage/total_tokens")
    elif usage["type"] == "duration" and sent and not -NEAR < usage["seconds"] - sent.seconds <= 1 + NEAR:
        yield Problem(f"about {sent.seconds:.2f}, or the next whole second", usage["seconds"], at="/usage/seconds")


@check(
    "audio.file-checked",
    Level.MUST,
    Basis.SPEC,
    of=soundless,
    cite=sources.TRANSCRIPTION_REQUEST + "file",
    breaks=("everybody with a broken file: words come that nobody said",),
    remedy="Refuse what is no recording with 400, and name the parameter file.",
)
def file_checked(it: Call) -> Iterator[Verdict]:
    """A file that is no recording is refused with a 4xx."""
    verdict = turned_down(it, "a file that is no recording")
    if verdict:
        yield verdict


@check(
    "audio.translation",
    Level.MUST,
    Basis.SPEC,
    of=translation_request,
    cite=sources.spec("CreateTranslationRequest/required"),
    breaks=("everybody who lets a recording be translated",),
    remedy="Take multipart/form-data with file and model, or refuse it with 404 or 501 in the envelope.",
)
def translated(it: Call) -> Iterator[Verdict]:
    """A recording that is sent to be translated is taken."""
    verdict = served(it, "POST /audio/translations")
    if verdict:
        yield verdict


@check(
    "audio.translation-shape",
    Level.MUST,
    Basis.SDK,
    of=translation,
    cite=sources.spec("CreateTranslationResponseJson/required"),
    breaks=("typed clients: text is required",),
    remedy='Answer `{"text": …}`.',
)
def translation_shape(it: Call) -> Iterator[Verdict]:
    """A translation has a text."""
    for departure in resource_shapes.translation(it.value):
        yield Problem(departure.expected, departure.actual, at=departure.pointer)
