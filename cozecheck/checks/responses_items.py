"""Checks: the output items of a response: messages, calls, texts."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cozecheck.checks import rules
from cozecheck.checks.registry import check, relation
from cozecheck.checks.structured import parsed
from cozecheck.contract import response_shapes, schemas, sources
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.responses import ResponseObject, created_response, response_object
from cozecheck.views.support import lacking

CALL = sources.spec("FunctionToolCall/properties/")
MESSAGE = sources.spec("OutputMessage/properties/")
LOOPS = "agent loops, which answer calls by call_id"


def calling_response(exchange: Exchange) -> ResponseObject | None:
    """Read a response that calls functions."""
    found = response_object(exchange)
    return found if found and found.of_type("function_call") else None


def speaking_response(exchange: Exchange) -> ResponseObject | None:
    """Read a response with a message in it."""
    found = response_object(exchange)
    return found if found and found.of_type("message") else None


@check(
    "responses.item-type",
    Level.MAY,
    Basis.SPEC,
    of=response_object,
    cite=sources.spec("OutputItem"),
    breaks=("clients that know the documented items: they skip this one",),
    remedy="Use documented types where there is one for what you mean.",
)
def item_type(it: ResponseObject) -> Iterator[Verdict]:
    """Every output item is of a documented type."""
    for at, item in it.items:
        if isinstance(item.get("type"), str) and not response_shapes.is_known_item(item["type"]):
            yield Problem("a documented type", item["type"], at=f"{at}/type")


@check(
    "responses.item-id",
    Level.MUST,
    Basis.SPEC,
    of=speaking_response,
    cite=MESSAGE + "id: the unique ID of the output message",
    breaks=("clients that put events and items together by id",),
    remedy="Give every message an id of its own.",
)
def item_id(it: ResponseObject) -> Iterator[Verdict]:
    """Every message of a response has an id, and no two items have the same."""
    seen: set[Any] = set()
    for at, item in it.items:
        found = item.get("id", ABSENT)
        if item.get("type") == "message" and (not isinstance(found, str) or not found):
            yield Problem("an id", found, at=f"{at}/id")
        elif isinstance(found, str) and found in seen:
            yield Problem("an id of its own", found, at=f"{at}/id")
        elif isinstance(found, str):
            seen.add(found)


PREFIXES = {"message": "msg_", "function_call": "fc_", "reasoning": "rs_"}


@check(
    "responses.item-id-prefix",
    Level.MAY,
    Basis.DE_FACTO,
    of=response_object,
    cite=sources.WIRE + " (msg_, fc_, rs_)",
    breaks=("clients that send items back to OpenAI, which wants its prefixes",),
    remedy="Begin ids of messages with msg_, of calls with fc_, of reasoning with rs_.",
    evidence=("CopilotKit/aimock 1.43 (recorded)",),
)
def item_id_prefix(it: ResponseObject) -> Iterator[Verdict]:
    """The id of an item begins as its type wants it."""
    for at, item in it.items:
        prefix = PREFIXES.get(str(item.get("type")))
        if prefix:
            yield from rules.prefix(item.get("id"), prefix, f"{at}/id")


@check(
    "responses.item-status",
    Level.SHOULD,
    Basis.SPEC,
    of=response_object,
    cite=MESSAGE + "status",
    breaks=("clients that show what is still being written",),
    remedy="Set the status of every message and call: completed, or incomplete for the one that was cut.",
)
def item_status(it: ResponseObject) -> Iterator[Verdict]:
    """The messages and calls of a completed response are completed."""
    for at, item in it.of_type("message") + it.of_type("function_call"):
        if it.value.get("status") == "completed" and item.get("status") != "completed":
            yield Problem("completed", item.get("status", ABSENT), at=f"{at}/status")


@check(
    "responses.message-role",
    Level.MUST,
    Basis.SPEC,
    of=speaking_response,
    cite=MESSAGE + "role",
    breaks=("clients that send the message back: the next request is refused",),
    remedy="Set role to assistant.",
)
def message_role(it: ResponseObject) -> Iterator[Verdict]:
    """The role of a message in the output is assistant."""
    for at, item in it.of_type("message"):
        if item.get("role") != "assistant":
            yield Problem("assistant", item.get("role", ABSENT), at=f"{at}/role")


@check(
    "responses.utf8-intact",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=speaking_response,
    cite=sources.JSON + ", section 8",
    breaks=("people: � in the middle of words and emoji",),
    remedy="Decode tokens to text only where a character is complete.",
)
def utf8_intact(it: ResponseObject) -> Iterator[Verdict]:
    """The text of a response has no broken characters."""
    for at, text in it.texts():
        yield from rules.intact(text, str(it.asked.get("input")), at=at)


@check(
    "responses.call-id",
    Level.MUST,
    Basis.SPEC,
    of=calling_response,
    cite=CALL + "call_id",
    breaks=(LOOPS,),
    remedy="Give every call a call_id of its own, as in call_….",
)
def call_id(it: ResponseObject) -> Iterator[Verdict]:
    """Every function call has a call_id, and no two have the same."""
    seen: set[str] = set()
    for at, item in it.of_type("function_call"):
        found = item.get("call_id", ABSENT)
        if not isinstance(found, str) or not found:
            yield Problem("a call_id", found, at=f"{at}/call_id")
        elif found in seen:
            yield Problem("a call_id of its own", found, at=f"{at}/call_id")
        else:
            seen.add(found)


@check(
    "responses.call-name",
    Level.SHOULD,
    Basis.SPEC,
    of=calling_response,
    cite=CALL + "name",
    breaks=(LOOPS,),
    remedy="Name one of the functions that were offered.",
)
def call_name(it: ResponseObject) -> Iterator[Verdict]:
    """A function call names one of the functions that were offered."""
    tools = it.asked.get("tools")
    offered = [tool.get("name") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    plain = bool(offered) and all(tool.get("type") == "function" for tool in tools or ())
    for at, item in it.of_type("function_call"):
        found = item.get("name", ABSENT)
        if not isinstance(found, str) or not found or (plain and found not in offered):
            yield Problem(", ".join(map(str, offered)) or "a name", found, at=f"{at}/name")


@check(
    "responses.call-arguments",
    Level.MUST,
    Basis.SDK,
    of=calling_response,
    cite=CALL + "arguments: a JSON string",
    breaks=("openai-python: TypeError in json.loads, and in .parse()",),
    remedy="Send the arguments as a string of JSON, not as an object.",
)
def call_arguments(it: ResponseObject) -> Iterator[Verdict]:
    """The arguments of a function call are a string."""
    for at, item in it.of_type("function_call"):
        if not isinstance(item.get("arguments"), str):
            yield Problem("a string of JSON", item.get("arguments", ABSENT), at=f"{at}/arguments")


@check(
    "responses.call-arguments-json",
    Level.SHOULD,
    Basis.SPEC,
    of=calling_response,
    cite=CALL + "arguments",
    breaks=(LOOPS,),
    remedy="Constrain the decoding to JSON.",
    requires=("responses.call-arguments",),
)
def call_arguments_json(it: ResponseObject) -> Iterator[Verdict]:
    """The arguments of a function call are a JSON object."""
    for at, item in it.of_type("function_call"):
        if item.get("status") != "incomplete" and not isinstance(_parsed(item["arguments"]), dict):
            yield Problem("a JSON object", item["arguments"][:160], at=f"{at}/arguments")


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return ABSENT


@relation(
    "responses.tool-choice",
    Level.MUST,
    Basis.SPEC,
    scenario="responses.tools",
    cite=sources.RESPONSE_REQUEST + "tool_choice",
    breaks=("agents: a tool runs that must not, or none where one must",),
    remedy="Call a function for `required`, and none for `none`.",
)
def tool_choice(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """tool_choice is obeyed: `required` calls a function, `none` does not."""
    for name, calls in (("required", True), ("none", False)):
        lack = lacking(run.get(name), f"tool_choice {name}")
        if lack:
            yield lack
            continue
        found = response_object(run[name])
        if found and found.value.get("status") == "completed" and bool(found.of_type("function_call")) is not calls:
            kinds = [item.get("type") for _, item in found.items]
            yield Problem("a function_call" if calls else "no function_call", kinds, at=name)


@relation(
    "responses.call-roundtrip",
    Level.MUST,
    Basis.SPEC,
    scenario="responses.tools",
    cite=sources.spec("FunctionCallOutputItemParam"),
    breaks=(LOOPS,),
    remedy="Take function_call and function_call_output items as input, matched by call_id.",
)
def call_roundtrip(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """The output of a call is taken, and answered."""
    lack = lacking(run.get("required"), "a call")
    if lack or "output" not in run:
        yield lack or Inconclusive("the model did not call a function")
        return
    response = run["output"].response
    if response is None or not response.ok:
        yield Problem("200 for a function_call_output", response.status if response else "no answer", at="output")


def formatted_response(exchange: Exchange) -> ResponseObject | None:
    """Read a completed response that ends with a text which was to be JSON; before a call there may be other words."""
    found = created_response(exchange)
    kind = _format(found).get("type") if found else None
    if found is None or kind not in ("json_schema", "json_object") or found.value.get("status") != "completed":
        return None
    return found if _last_text(found) else None


def _last_text(it: ResponseObject) -> str:
    """Return the last text of the message that ends the output; empty where anything else does."""
    last = it.items[-1][0] if it.items else ""
    texts = [text for at, text in it.texts() if at.startswith(f"{last}/")]
    return texts[-1] if texts else ""


def _format(it: ResponseObject) -> Mapping[str, Any]:
    text = it.asked.get("text")
    wanted = text.get("format") if isinstance(text, dict) else None
    return wanted if isinstance(wanted, dict) else {}


@check(
    "responses.text-format",
    Level.MUST,
    Basis.SPEC,
    of=formatted_response,
    cite=sources.spec("TextResponseFormatConfiguration"),
    breaks=("openai-python: ValidationError in responses.parse()",),
    remedy="Constrain the text to the schema of text.format, without a code fence around it.",
    evidence=("vllm-project/vllm#50544",),
)
def text_format(it: ResponseObject) -> Iterator[Verdict]:
    """A text that was to be JSON is JSON, and fits its schema where it is strict."""
    wanted, text = _format(it), _last_text(it)
    value = parsed(text)
    if value is ABSENT:
        yield Problem("JSON", text[:160], at=f"{it.at}/output")
    elif wanted.get("strict") is True and isinstance(wanted.get("schema"), dict):
        for _, fault in schemas.faults(wanted["schema"], value)[:1]:
            yield Problem("a value that fits the schema", fault[:160], at=f"{it.at}/output")
