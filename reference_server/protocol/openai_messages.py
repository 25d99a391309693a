"""The messages of OpenAI's chat API: readers, and their way into ours."""

from collections.abc import Mapping
from typing import Any

from reference_server.errors import InvalidType, Refusal
from reference_server.protocol.chat_request import Message, ToolCall
from reference_server.protocol.fields import Reader, array, either, nullable, one_of, record, tagged, text
from reference_server.protocol.media import Attachment, data_of, image

STRING_OR_PARTS = "one of a string or array of objects"

type_tag: Mapping[str, Reader] = {"type": text}
cache_breakpoint = record({"mode": one_of("explicit")}, {"ttl": one_of("30m", "12h")})
any_part: Mapping[str, Reader] = {"prompt_cache_breakpoint": cache_breakpoint}

PARTS: Mapping[str, Reader] = {
    "text": record({**type_tag, "text": text}, any_part),
    "image_url": record(
        {**type_tag, "image_url": record({"url": text}, {"detail": one_of("auto", "low", "high", "original")})},
        any_part,
    ),
    "input_audio": record(
        {**type_tag, "input_audio": record({"data": text, "format": one_of("wav", "mp3")})}, any_part
    ),
    "file": record({**type_tag, "file": record({}, {"file_data": text, "file_id": text, "filename": text})}, any_part),
    "refusal": record({**type_tag, "refusal": text}, any_part),
}


def content(*kinds: str) -> Reader:
    """Read a string, or an array of parts of these kinds, to a tuple of parts."""
    part = tagged("type", {kind: PARTS[kind] for kind in kinds})
    return either({str: _lone_text, list: array(part, least=1)}, STRING_OR_PARTS)


def _lone_text(value: str, _at: str) -> tuple[dict[str, str], ...]:
    return ({"type": "text", "text": value},)


text_content = content("text")
function = record({"name": text, "arguments": text})
tool_call = tagged(
    "type",
    {
        "function": record({**type_tag, "id": text, "function": function}),
        "custom": record({**type_tag, "id": text, "custom": record({"name": text, "input": text})}),
    },
)
role: Mapping[str, Reader] = {"role": text}
name: Mapping[str, Reader] = {"name": text}

instruction_message = record({**role, "content": text_content}, name)
user_message = record({**role, "content": content("text", "image_url", "input_audio", "file")}, name)
tool_message = record({**role, "content": text_content, "tool_call_id": text}, name)
function_message = record({**role, **name, "content": nullable(text_content)})
# An answer is sent back as it came, so its nulls and its annotations are legal here.
assistant_fields = record(
    role,
    {
        **name,
        "content": nullable(content("text", "refusal")),
        "refusal": nullable(text),
        "audio": nullable(record({"id": text})),
        "tool_calls": nullable(array(tool_call, least=1)),
        "function_call": nullable(function),
        "annotations": nullable(array(lambda value, _at: value)),
    },
)
SPEAKS = ("content", "refusal", "audio", "tool_calls", "function_call")


def assistant_message(value: Any, at: str) -> dict[str, Any]:
    """Read an assistant turn: it has content, or what stands in for it."""
    fields: dict[str, Any] = assistant_fields(value, at)
    if all(fields.get(key) is None for key in SPEAKS):
        raise InvalidType(f"{at}.content", STRING_OR_PARTS, "null")
    return fields


any_message = tagged(
    "role",
    {
        "system": instruction_message,
        "developer": instruction_message,
        "user": user_message,
        "assistant": assistant_message,
        "tool": tool_message,
        "function": function_message,
    },
)


def message(value: Any, at: str) -> Message:
    """Read one message of any role."""
    fields = any_message(value, at)
    parts = fields.get("content") or ()
    return Message(
        role=fields["role"],
        text="".join([part.get("text") or part.get("refusal") or "" for part in parts]),
        name=fields.get("name"),
        attachments=tuple(
            attachment(part, f"{at}.content[{index}]") for index, part in enumerate(parts) if part["type"] in ATTACHED
        ),
        tool_calls=tuple(calls(fields)),
        tool_call_id=fields.get("tool_call_id"),
    )


ATTACHED = ("image_url", "input_audio", "file")


def attachment(part: Mapping[str, Any], at: str) -> Attachment:
    """Measure an image, a sound or a file; all of them come within the request."""
    if part["type"] == "image_url":
        given = part["image_url"]
        return image(given["url"], given.get("detail", "auto"), f"{at}.image_url.url")
    if part["type"] == "input_audio":
        given = part["input_audio"]
        content = data_of(given["data"], f"{at}.input_audio.data")
        return Attachment("sound", given["format"], len(content), content=content)
    given = part["file"]
    if "file_data" not in given:
        where = f"{at}.file.file_id"
        raise Refusal(400, "This server reads files from 'file_data' only.", code="unsupported_parameter", param=where)
    content = data_of(given["file_data"], f"{at}.file.file_data")
    return Attachment("file", given.get("filename", "unnamed"), len(content), content=content)


def calls(fields: Mapping[str, Any]) -> list[ToolCall]:
    """Return the calls of an assistant turn, the old-style one included."""
    found = []
    for call in fields.get("tool_calls") or ():
        body = call[call["type"]]
        found.append(ToolCall(id=call["id"], name=body["name"], payload=body.get("arguments", body.get("input"))))
    if old := fields.get("function_call"):
        found.append(ToolCall(id="", name=old["name"], payload=old["arguments"]))
    return found
