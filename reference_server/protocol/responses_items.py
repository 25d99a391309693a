"""The input items of OpenAI's Responses API: readers, and their way into messages."""

from collections.abc import Iterable, Mapping
from typing import Any

from reference_server.errors import InvalidType, InvalidValue, MissingParameter, NotServed, Refusal
from reference_server.protocol.chat_request import Message, ToolCall
from reference_server.protocol.fields import (
    Reader,
    array,
    either,
    free_object,
    nullable,
    one_of,
    record,
    tagged,
    text,
)
from reference_server.protocol.media import Attachment, data_of, image

Item = dict[str, Any]

kind: Mapping[str, Reader] = {"type": text}
anything: Reader = lambda value, _at: value  # noqa: E731  (a reader, among readers)
input_text = record({**kind, "text": text}, {"prompt_cache_breakpoint": free_object})
input_image = record(
    kind,
    {
        "image_url": nullable(text),
        "file_id": nullable(text),
        "detail": one_of("auto", "low", "high", "original"),
        "prompt_cache_breakpoint": free_object,
    },
)
input_file = record(
    kind,
    {
        "file_data": nullable(text),
        "file_id": nullable(text),
        "file_url": nullable(text),
        "filename": nullable(text),
        "detail": one_of("auto", "low", "high"),
        "prompt_cache_breakpoint": free_object,
    },
)
output_text = record({**kind, "text": text}, {"annotations": array(anything), "logprobs": nullable(array(anything))})
refusal_part = record({**kind, "refusal": text})
asked_part = tagged("type", {"input_text": input_text, "input_image": input_image, "input_file": input_file})
any_part = tagged(
    "type",
    {
        "input_text": input_text,
        "input_image": input_image,
        "input_file": input_file,
        "output_text": output_text,
        "refusal": refusal_part,
    },
)
STRING_OR_PARTS = "one of a string or array of objects"
as_it_is: Reader = lambda value, _at: value  # noqa: E731
status = nullable(one_of("in_progress", "completed", "incomplete"))
identity: Mapping[str, Reader] = {"id": nullable(text), "status": status}

message = record(
    {"role": one_of("user", "assistant", "system", "developer"),
     "content": either({str: as_it_is, list: array(any_part)}, STRING_OR_PARTS)},
    {**kind, **identity, "phase": nullable(text)},
)  # fmt: skip
ITEMS: Mapping[str, Reader] = {
    "message": message,
    "function_call": record(
        {**kind, "call_id": text, "name": text, "arguments": text},
        {**identity, "namespace": nullable(text), "caller": nullable(free_object)},
    ),
    "function_call_output": record(
        {**kind, "call_id": text, "output": either({str: as_it_is, list: array(asked_part)}, STRING_OR_PARTS)}, identity
    ),
    "reasoning": record(
        {**kind, "summary": array(free_object)},
        {**identity, "content": nullable(array(free_object)), "encrypted_content": nullable(text)},
    ),
}


def item(value: Any, at: str) -> Item:
    """Read one input item to the form in which it is kept, its id aside; a message need not say its type."""
    if type(value) is dict and "type" not in value and "role" in value:
        value = {"type": "message", **value}
    given = free_object(value, at)
    if "type" not in given:
        raise MissingParameter(f"{at}.type")
    name = text(given["type"], f"{at}.type")
    if name not in ITEMS:
        raise _unknown_item(name, f"{at}.type")
    return kept({key: element for key, element in ITEMS[name](given, at).items() if element is not None})


ELSEWHERE = ("item_reference", "custom_tool_call", "custom_tool_call_output", "computer_call", "mcp_call")


def _unknown_item(name: str, at: str) -> Refusal:
    documented = name in ELSEWHERE or name.endswith(("_call", "_call_output"))
    return NotServed(at, f"an item of type '{name}'") if documented else InvalidValue(at, name, tuple(ITEMS))


def kept(given: Item) -> Item:
    """Return an item as it is kept and shown: text as parts, completed."""
    if given["type"] == "reasoning":
        return given
    item = {**given, "status": given.get("status", "completed")}
    if given["type"] == "message":
        item["content"] = parts(given["content"], given["role"])
    return item


def parts(content: str | tuple[Item, ...], role: str) -> list[Item]:
    """Return a message's content as parts."""
    if not isinstance(content, str):
        return list(content)
    if role == "assistant":
        return [{"type": "output_text", "annotations": [], "logprobs": [], "text": content}]
    return [{"type": "input_text", "text": content}]


def items_of(value: Any, at: str) -> tuple[Item, ...]:
    """Read `input`: a string, which is a user's message, or an array of items."""
    if isinstance(value, str):
        return (item({"role": "user", "content": value}, at),)
    if not isinstance(value, list):
        raise InvalidType(at, "one of a string or array of objects", "an object")
    return tuple(item(each, f"{at}[{place}]") for place, each in enumerate(value))


def messages_of(items: Iterable[Item]) -> list[Message]:
    """Turn items into messages; a call is an assistant's turn, its output a tool's. Reasoning says nothing."""
    found = [_message(each, f"input[{place}]") for place, each in enumerate(items) if each["type"] != "reasoning"]
    _check_calls(found)
    return found


def _message(item: Item, at: str) -> Message:
    if item["type"] == "function_call":
        return Message("assistant", tool_calls=(ToolCall(item["call_id"], item["name"], item["arguments"]),))
    if item["type"] == "function_call_output":
        output = item["output"]
        content = [{"type": "input_text", "text": output}] if isinstance(output, str) else list(output)
        return _spoken("tool", content, f"{at}.output", tool_call_id=item["call_id"])
    return _spoken(item["role"], item["content"], f"{at}.content")


def _spoken(role: str, content: list[Item], at: str, tool_call_id: str | None = None) -> Message:
    return Message(
        role,
        "".join([part.get("text") or part.get("refusal") or "" for part in content]),
        attachments=tuple(
            attachment(part, f"{at}[{place}]")
            for place, part in enumerate(content)
            if part["type"] in ("input_image", "input_file")
        ),
        tool_call_id=tool_call_id,
    )


def attachment(part: Item, at: str) -> Attachment:
    """Measure an image or a file out of the request itself; nothing is ever downloaded."""
    if part["type"] == "input_image":
        if not part.get("image_url"):
            raise NotServed(f"{at}.file_id", "an image by the id of a file")
        return image(part["image_url"], part.get("detail", "auto"), f"{at}.image_url")
    if not part.get("file_data"):
        raise NotServed(f"{at}.file_data", "a file that is not in the request itself")
    content = data_of(part["file_data"], f"{at}.file_data")
    return Attachment("file", part.get("filename") or "unnamed", len(content), content=content)


def _check_calls(messages: Iterable[Message]) -> None:
    """Refuse an output without its call, and a call without its output."""
    messages = list(messages)
    called = [call.id for message in messages for call in message.tool_calls]
    answered = [message.tool_call_id for message in messages if message.tool_call_id is not None]
    for call in answered:
        if call not in called:
            raise Refusal(400, f"No tool call found for function call output with call_id {call}.", param="input")
    for call in called:
        if call not in answered:
            raise Refusal(400, f"No tool output found for function call {call}.", param="input")
