"""Audio: speech, transcriptions and translations, without a model."""

import asyncio
from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from reference_server.endpoints.methods import Methods
from reference_server.endpoints.rooms import Rooms
from reference_server.engines.sounds import measure, mp3, tones, wav
from reference_server.errors import Refusal
from reference_server.formatting.openai_audio import heard_response
from reference_server.protocol.openai_audio import SpeechRequest, parse_hearing, parse_speech

MEDIA_TYPES = {"mp3": "audio/mpeg", "wav": "audio/wav", "pcm": "audio/pcm"}
FILES: Mapping[str, Callable[[bytes], bytes]] = {"mp3": mp3, "wav": wav, "pcm": bytes}


def routes(_rooms: Rooms) -> list[Route]:
    """Return the paths of audio, below the prefix."""
    return [
        Route("/audio/speech", Methods(POST=speak)),
        Route("/audio/transcriptions", Methods(POST=transcribe)),
        Route("/audio/translations", Methods(POST=translate)),
    ]


async def speak(request: Request) -> ASGIApp:
    """Speak a text, beside the event loop."""
    asked = parse_speech(request.scope["body"])
    return Response(await asyncio.to_thread(sound, asked), media_type=MEDIA_TYPES[asked.format])


def sound(asked: SpeechRequest) -> bytes:
    """Return the file that is asked for."""
    return FILES[asked.format](tones(asked.text, asked.speed))


async def transcribe(request: Request) -> ASGIApp:
    """Tell what is in a recording."""
    return await _heard("transcribe", request)


async def translate(request: Request) -> ASGIApp:
    """Tell what is in a recording, in English."""
    return await _heard("translate", request)


async def _heard(task: str, request: Request) -> ASGIApp:
    asked = await parse_hearing(task, request.headers.get("content-type", ""), request.scope["body"])
    recording = measure(asked.upload.content)
    if recording is None:
        message = "Audio file might be corrupted or unsupported. This server reads WAV files."
        raise Refusal(400, message, code="invalid_value", param="file")
    return heard_response(asked, recording)
