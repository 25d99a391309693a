"""Conversations of chat completions: every shape of message, in legal order."""

import base64
import io
import struct
import wave
import zlib
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cozecheck.strategies.bodies import Json, group
from cozecheck.strategies.tools import NAMES
from cozecheck.strategies.values import filled_texts, odd_texts, short_texts, texts

Messages = list[Json]
Turn = SearchStrategy[Messages]


def _png() -> bytes:
    """Make a red square of two by two pixels."""
    pixels = zlib.compress((b"\0" + b"\xff\0\0" * 2) * 2)
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def sound() -> bytes:
    """Make a WAV file of a fifth of a second of silence."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(3200))
    return out.getvalue()


def encoded(content: bytes) -> str:
    """Write bytes in base64."""
    return base64.b64encode(content).decode()


PNG_URL = f"data:image/png;base64,{encoded(_png())}"
GIF_URL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
IMAGES = st.sampled_from((PNG_URL, GIF_URL))
filled = filled_texts
text_parts = group(type="text", text=filled)
image_parts = group(type="image_url", image_url=group(url=IMAGES, detail=st.sampled_from(("low", "auto"))))
sound_parts = st.just({"type": "input_audio", "input_audio": {"data": encoded(sound()), "format": "wav"}})
user_parts = st.lists(st.one_of(text_parts, text_parts, image_parts, sound_parts), min_size=1, max_size=2)
only_texts = st.lists(text_parts, min_size=1, max_size=2)
AUTHORS = st.sampled_from(("ann", "Bob-2", "x" * 64))
contents: SearchStrategy[Any] = odd_texts | only_texts


def _one(message: SearchStrategy[Json]) -> Turn:
    return message.map(lambda each: [each])


instructions = group(role=st.sampled_from(("system", "developer")), content=contents)
plain_question = group(role="user", content=texts)
questions: SearchStrategy[Json] = st.one_of(
    plain_question,
    plain_question,
    group(role="user", content=user_parts),
    group(role="user", content=contents, name=AUTHORS),
)
answers: SearchStrategy[Json] = st.one_of(
    group(role="assistant", content=contents),
    group(role="assistant", content=filled, refusal=None, annotations=[]),
    group(role="assistant", content=None, refusal=filled),
    group(role="assistant", content=st.lists(group(type="refusal", refusal=filled), min_size=1, max_size=1)),
)
ARGUMENTS = st.sampled_from(("{}", '{"city": "Köln 🦀"}', '{"a": [1, null]}', "{", ""))
"""What models wrote comes back as it was: JSON or not."""
call_names = st.sampled_from(NAMES)


function_calls = st.builds(
    lambda name, arguments: {"function": {"name": name, "arguments": arguments}}, call_names, ARGUMENTS
)
custom_calls = group(custom=group(name=call_names, input=short_texts))
calls = st.one_of(function_calls, function_calls, function_calls, custom_calls)
said = st.sampled_from((None, "Hi.", "größe 🦀"))


@st.composite
def calling(draw: st.DrawFn) -> Messages:
    """Draw an answer with calls, and the result of each."""
    made = [{"id": f"call_{place}", "type": next(iter(each)), **each} for place, each in enumerate(draw(few_calls))]
    asked = {"role": "assistant", "content": draw(said), "tool_calls": made}
    return [asked, *({"role": "tool", "tool_call_id": each["id"], "content": draw(contents)} for each in made)]


few_calls = st.lists(calls, min_size=1, max_size=2)


@st.composite
def old_calling(draw: st.DrawFn) -> Messages:
    """Draw a call and its result in the deprecated spelling."""
    name = draw(call_names)
    asked = {"role": "assistant", "content": None, "function_call": {"name": name, "arguments": draw(ARGUMENTS)}}
    return [asked, {"role": "function", "name": name, "content": draw(short_texts)}]


TURNS: tuple[Turn, ...] = (_one(questions), _one(answers), calling(), _one(instructions), old_calling())


turns = st.lists(st.one_of(TURNS), max_size=2)


@st.composite
def conversations(draw: st.DrawFn) -> Messages:
    """Draw turns of any kind, of which the last is a question or the result of a call."""
    spoken = [message for turn in draw(turns) for message in turn]
    return spoken if spoken and spoken[-1]["role"] == "tool" else [*spoken, draw(questions)]
