"""Sounds without a model: a tone for each word, and the measure of a recording."""

import io
import wave
from dataclasses import dataclass
from hashlib import blake2b

RATE = 24_000
"""Samples a second, 16 bits each, one channel."""
WORD = 0.2
"""Seconds that a word takes at speed 1."""
SAMPLE = 2
LOUD = 3_000
LOWEST, HIGHEST = 110, 440
MP3_FRAME = b"\xff\xf3\x84\xc4" + bytes(188)
"""A silent frame of MPEG-2 layer III: 24 kHz, mono, 64 kbit/s; all zero after the header."""
MP3_SAMPLES = 576


@dataclass(frozen=True, slots=True)
class Recording:
    """What can be measured of a recording: `seconds` long, at `rate` samples a second."""

    seconds: float
    rate: int
    channels: int


def tones(text: str, speed: float) -> bytes:
    """Return samples of 16 bits, little-endian: one tone a word, whose pitch follows from it."""
    length = int(RATE * WORD / speed)
    return b"".join(_tone(word, length) for word in text.split() or [text])


def _tone(word: str, length: int) -> bytes:
    pitch = LOWEST + int.from_bytes(blake2b(word.encode(), digest_size=2).digest()) % (HIGHEST - LOWEST)
    half = RATE // pitch // 2
    wavelength = LOUD.to_bytes(SAMPLE, "little") * half + (-LOUD).to_bytes(SAMPLE, "little", signed=True) * half
    return (wavelength * (length // (2 * half) + 1))[: length * SAMPLE]


def wav(samples: bytes) -> bytes:
    """Put samples into a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE)
        file.setframerate(RATE)
        file.writeframes(samples)
    return out.getvalue()


def mp3(samples: bytes) -> bytes:
    """Return an MP3 file as long as the samples, and silent: there is no encoder here."""
    return MP3_FRAME * max(1, -(-len(samples) // SAMPLE // MP3_SAMPLES))


def measure(content: bytes) -> Recording | None:
    """Measure a WAV file; None for whatever is none, or is cut off before its first sample."""
    try:
        with wave.open(io.BytesIO(content)) as file:
            frames = len(file.readframes(file.getnframes())) // (file.getsampwidth() * file.getnchannels())
            found = Recording(frames / file.getframerate(), file.getframerate(), file.getnchannels())
    except (wave.Error, EOFError, ZeroDivisionError):
        return None
    return found if frames else None
