"""Logic bugs, each planted in a copy of the reference server."""

import shutil
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import reference_server

PARAMETERS, MESSAGES = "protocol/openai_parameters.py", "protocol/openai_messages.py"
TOOLS, FIELDS, BODY = "protocol/openai_tools.py", "protocol/fields.py", "protocol/json_body.py"
MODEL = "gpt-4o-mini"
HI = {"role": "user", "content": "Hi."}


@dataclass(frozen=True, slots=True)
class Bug:
    """One line as somebody might have written it, the check it fails, and the smallest request that shows it."""

    file: str
    sound: str
    wrong: str
    smallest: Any
    """The body; of bytes that are no JSON their base64."""
    check: str = "properties.no-server-error"
    operation: str = "chat.completions.create"


def asked(tokens: int = 8, said: str = "Hi.", **more: Any) -> dict[str, Any]:
    """Return the body of a plain question, and *more*."""
    return {"model": MODEL, "messages": [{**HI, "content": said}], "max_tokens": tokens, **more}


def encoded(body: str) -> str:
    """Write a body as failures keep it that is no JSON."""
    return b64encode(body.encode("utf-8", "surrogateescape")).decode()


TYPED = {"type": "function", "function": {"name": "🦀", "parameters": {"type": "object", "properties": {}}}}
BUGS = {
    "n=0": Bug(
        PARAMETERS,
        '"n": nullable(integer(1, 128))',
        '"n": nullable(integer(0, 128))',
        asked(said="", n=0),
    ),
    "an emoji in a tool's name": Bug(
        PARAMETERS,
        "FUNCTION_NAME.fullmatch(text(value, at))",
        'FUNCTION_NAME.fullmatch(text(value, at).encode("ascii").decode())',
        asked(tools=[TYPED]),
    ),
    "a text that is cut in half a surrogate pair": Bug(
        MESSAGES,
        'return ({"type": "text", "text": value},)',
        'return ({"type": "text", "text": value, "head": value.encode("utf-16-le")[:-2].decode("utf-16-le")},)',
        asked(1, said="👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 👍🏽"),
    ),
    "a character that is split over chunks": Bug(
        "engines/pieces.py",
        'return Piece(b"".join(tokens).decode(), tuple(tokens))',
        'return Piece(b"".join(tokens).decode("utf-8", "replace"), tuple(tokens))',
        asked(said="Repeat: 🦀🦀 größe 👍🏽"),
        "chat.stream.utf8-intact",
    ),
    "no stop sequence": Bug(
        PARAMETERS,
        "return tuple(sequence for sequence in sequences(value, at) if sequence)",
        "return tuple(sequence for sequence in sequences(value, at) if sequence)[: len(max(sequences(value, at)))]",
        asked(said="", stop=[]),
    ),
    "keys of logit_bias": Bug(
        PARAMETERS,
        "if not TOKEN_ID.fullmatch(key):",
        "if int(key) < 0:",
        {"model": MODEL, "prompt": "Hi.", "max_tokens": 8, "logit_bias": {"": 1}},
        operation="completions.create",
    ),
    "a content of no parts": Bug(
        MESSAGES,
        "list: array(part, least=1)",
        "list: lambda value, at: array(part)(value, at)[:1] + array(part)(value[1:], at) if value[0] else ()",
        {"model": MODEL, "messages": [HI, {**HI, "content": []}], "max_tokens": 8},
    ),
    "deep nesting": Bug(
        BODY,
        "value = jiter.from_json(body, allow_inf_nan=False, catch_duplicate_keys=True)",
        'value = __import__("json").loads(body)',
        encoded(f'{{"model": "{MODEL}", "messages": {"[" * 1000}{"]" * 1000}, "max_tokens": 8, "stream": false}}'),
        "errors.malformed-body",
    ),
    "bytes that are no text": Bug(
        BODY,
        "    return read_object(body)",
        "    return read_object(body.decode().encode())",
        encoded(
            '{"x\udcff\udcfe": "\udcc3(", "model": "gpt-4o-mini", "messages": '
            '[{"role": "user", "content": "Hi."}], "max_tokens": 8, "stream": true}'
        ),
        "errors.malformed-body",
    ),
    "a tool without parameters": Bug(
        TOOLS,
        'schema = given.get("parameters", {})',
        'schema = given["parameters"]',
        asked(1, tools=[{"type": "function", "function": {"name": "look_up_weather"}}]),
    ),
    "a kind of part that nobody knows": Bug(
        FIELDS,
        "tag_reader = one_of(*variants)",
        "tag_reader = text",
        {
            "model": MODEL,
            "messages": [HI, {"role": "user", "content": [{"type": "", "text": "Hi."}]}],
            "max_tokens": 8,
        },
    ),
    "a refusal that names another parameter": Bug(
        FIELDS,
        "raise OutOfRange(at, kind, value, most, below=False)",
        'raise OutOfRange("messages", kind, value, most, below=False)',
        asked(temperature=2.01),
        "errors.param-named",
    ),
}


def copy(folder: Path) -> Path:
    """Copy the server into *folder*; return where."""
    place = folder / "reference_server"
    shutil.copytree(Path(reference_server.__file__).parent, place, ignore=shutil.ignore_patterns("__pycache__"))
    return place


def plant(bug: Bug, folder: Path) -> None:
    """Copy the server into *folder*, the bug in it."""
    path = copy(folder) / bug.file
    code = path.read_text("utf-8")
    assert code.count(bug.sound) == 1
    path.write_text(code.replace(bug.sound, bug.wrong), "utf-8")
