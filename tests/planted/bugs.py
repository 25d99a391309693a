"""Logic bugs, each planted in a copy of the reference server."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import reference_server

PARAMETERS, MESSAGES, TOOLS = "openai_parameters.py", "openai_messages.py", "openai_tools.py"
HELLO: dict[str, Any] = {"role": "user", "content": ""}


@dataclass(frozen=True, slots=True)
class Bug:
    """One line of a parser as somebody might have written it, and the smallest request that shows it."""

    file: str
    sound: str
    wrong: str
    check: str
    smallest: Any = None
    """The body, without the model; None where it is no JSON that a test could state."""


BUGS = {
    "n=0 is taken": Bug(
        PARAMETERS, '"n": nullable(integer(1, 128))', '"n": nullable(integer(0, 128))', "illegal-refused"
    ),
    "an emoji in a tool's name": Bug(
        PARAMETERS,
        "FUNCTION_NAME.fullmatch(text(value, at))",
        'FUNCTION_NAME.fullmatch(text(value, at).encode("ascii").decode())',
        "no-server-error",
    ),
    "a text that ends in half of a surrogate pair": Bug(
        MESSAGES,
        'return ({"type": "text", "text": value},)',
        'return ({"type": "text", "text": value, "head": value.encode("utf-16-le")[:-2].decode("utf-16-le")},)',
        "no-server-error",
    ),
    "no stop sequence": Bug(
        PARAMETERS,
        "return tuple(sequence for sequence in sequences(value, at) if sequence)",
        "return tuple(sequence for sequence in sorted(sequences(value, at), key=len) if sequence[0])",
        "no-server-error",
    ),
    "keys of logit_bias": Bug(PARAMETERS, "if not TOKEN_ID.fullmatch(key):", "if int(key) < 0:", "no-server-error"),
    "no part of a content": Bug(
        MESSAGES,
        "list: array(part, least=1)",
        "list: lambda value, at: array(part)(value, at)[:1] + array(part)(value[1:], at) if value[0] else ()",
        "no-server-error",
    ),
    "whole numbers that are none": Bug(
        "fields.py",
        'if type(value) is not int:\n            raise InvalidType(at, "an integer"',
        'if not isinstance(value, int | float):\n            raise InvalidType(at, "an integer"',
        "illegal-refused",
    ),
    "deep nesting": Bug(
        "json_body.py",
        "value = jiter.from_json(body, allow_inf_nan=False, catch_duplicate_keys=True)",
        'value = __import__("json").loads(body)',
        "no-server-error",
    ),
    "bytes that are no text": Bug(
        "json_body.py",
        "    return read_object(body)",
        "    return read_object(body.decode().encode())",
        "no-server-error",
    ),
    "a tool without parameters": Bug(
        TOOLS, 'schema = given.get("parameters", {})', 'schema = given["parameters"]', "no-server-error"
    ),
    "a kind that nobody knows": Bug(
        "fields.py", "tag_reader = one_of(*variants)", "tag_reader = text", "no-server-error"
    ),
    "a refusal that names another parameter": Bug(
        "fields.py",
        "raise OutOfRange(at, kind, value, most, below=False)",
        'raise OutOfRange("messages", kind, value, most, below=False)',
        "refusal-tells",
    ),
    "both limits at once": Bug(
        "openai_chat.py",
        "max_tokens=min(limits, default=None)",
        "max_tokens=dict(zip([0], limits, strict=True)).get(0) if limits else None",
        "no-server-error",
    ),
}


def plant(bug: Bug, folder: Path) -> None:
    """Copy the server into *folder*, the bug in it."""
    copy = folder / "reference_server"
    shutil.copytree(Path(reference_server.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    path = copy / "protocol" / bug.file
    code = path.read_text("utf-8")
    assert code.count(bug.sound) == 1
    path.write_text(code.replace(bug.sound, bug.wrong), "utf-8")
