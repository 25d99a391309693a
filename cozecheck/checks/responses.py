"""Checks: a response, whole: its keys, its state, what it repeats and what it cost."""

from collections.abc import Iterator, Mapping
from typing import Any

from cozecheck.checks import rules
from cozecheck.checks.registry import check, relation
from cozecheck.contract import response_shapes, sources
from cozecheck.contract.parameters import is_number
from cozecheck.contract.response_parameters import response_faults
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Unsupported, Verdict
from cozecheck.views.requests import PLAIN as PLAIN_CHAT
from cozecheck.views.requests import Asked, acceptance, is_nonsense
from cozecheck.views.responses import (
    ResponseObject,
    asked_response,
    counted_response,
    created_response,
    response_object,
)
from cozecheck.views.support import is_missing, lacking

TYPED = "typed clients (openai-dotnet, openai-go, openai-java) fail to decode the response"
BILLS = "bills, budgets and rate limits that count tokens"

NAMED = (
    ("id",),
    ("object",),
    ("created_at",),
    ("completed_at",),
    ("status",),
    ("model",),
    ("error",),
    ("incomplete_details",),
    ("usage",),
    ("parallel_tool_calls",),
    ("tool_choice",),
    ("tools",),
    # OpenAI adds words to these between two versions of its SDK.
    ("service_tier",),
    ("prompt_cache_retention",),
    ("output", None, "id"),
    ("output", None, "status"),
    ("output", None, "role"),
    ("output", None, "call_id"),
    ("output", None, "name"),
    ("output", None, "arguments"),
)
"""Places of which another check speaks; None stands for any position."""

PLAIN = (PLAIN_CHAT - {"messages"}) | {"input", "max_output_tokens", "instructions", "store"}
"""Parameters that no server with this endpoint refuses."""
LEAST_TOKENS = 16
"""The smallest max_output_tokens that OpenAI takes."""


def plain_request(exchange: Exchange) -> Asked | None:
    """Read an answered request for a response with nothing odd in it."""
    asked = asked_response(exchange)
    if asked is None or not PLAIN.issuperset(asked.body) or is_nonsense(asked.body.get("model")):
        return None
    cap = asked.body.get("max_output_tokens")
    sound = isinstance(asked.body.get("model"), str) and bool(asked.body.get("input"))
    sound = sound and not any(response_faults(asked.body))
    return asked if sound and not (isinstance(cap, int) and cap < LEAST_TOKENS) else None


def text_request(exchange: Exchange) -> Asked | None:
    """Read an answered request for a response to a plain text."""
    asked = plain_request(exchange)
    return asked if asked and isinstance(asked.body["input"], str) else None


def list_request(exchange: Exchange) -> Asked | None:
    """Read an answered request for a response to a list of messages."""
    asked = plain_request(exchange)
    items = asked.body["input"] if asked else None
    return asked if isinstance(items, list) and all(map(_is_plain_message, items)) else None


TEXTS = {"user": "input_text", "system": "input_text", "developer": "input_text", "assistant": "output_text"}
"""The type of a part with text, by the role of its message."""


def _is_plain_message(item: Any) -> bool:
    """Whether an item is a message in words that no server refuses; one with an id may lack its reasoning."""
    if not isinstance(item, dict) or item.get("role") not in TEXTS or "id" in item:
        return False
    content = item.get("content")
    parts = content if isinstance(content, list) else []
    fits = all(isinstance(part, dict) and part.get("type") == TEXTS[item["role"]] for part in parts)
    return bool(content) and isinstance(content, str | list) and fits


def _answered(asked: Asked, what: str) -> Iterator[Verdict]:
    if is_missing(asked.exchange):
        yield Unsupported(f"{what}: {asked.response.status}, {asked.says[:160]}")
        return
    verdict = acceptance(asked, what)
    if verdict:
        yield verdict
    elif asked.error and "output" not in asked.response.json:
        said = f"{asked.response.status} with {asked.says[:120]}"
        yield Problem("a response, or a failing status", said, at="status")


@check(
    "responses.answered",
    Level.MUST,
    Basis.SPEC,
    of=text_request,
    cite=sources.spec("CreateResponse"),
    breaks=("every client of the Responses API: agents SDKs use it by default",),
    remedy="Answer a model and a text, streamed or not; refuse with 404 what you do not have.",
    evidence=("BerriAI/litellm 1.106 (recorded)", "portkey-ai/gateway 1.15 (recorded)"),
)
def answered(asked: Asked) -> Iterator[Verdict]:
    """A plain request for a response is answered."""
    yield from _answered(asked, "a text")


@check(
    "responses.input-list",
    Level.MUST,
    Basis.SPEC,
    of=list_request,
    cite=sources.spec("InputParam"),
    breaks=("agents SDKs, which always send lists of items",),
    remedy="Take messages of all roles, their content as text and as parts.",
    requires=("responses.answered",),
)
def input_list(asked: Asked) -> Iterator[Verdict]:
    """A list of messages is taken as input."""
    yield from _answered(asked, "a list of messages")


@check(
    "responses.object",
    Level.MUST,
    Basis.SPEC,
    of=response_object,
    cite=sources.RESPONSE + "object",
    breaks=("clients that dispatch on `object`",),
    remedy="Set object to response.",
)
def object_(it: ResponseObject) -> Iterator[Verdict]:
    """The object of a response is `response`."""
    if it.value.get("object") != "response":
        yield Problem("response", it.value.get("object", ABSENT), at=f"{it.at}/object")


@check(
    "responses.output-list",
    Level.MUST,
    Basis.SDK,
    of=response_object,
    cite=sources.PYTHON_RESPONSES,
    breaks=("openai-python: TypeError in response.output_text",),
    remedy="Send output, a list of items, empty where there are none yet.",
)
def output_list(it: ResponseObject) -> Iterator[Verdict]:
    """The output of a response is a list of items with types."""
    output = it.value.get("output", ABSENT)
    if not isinstance(output, list):
        yield Problem("a list of items", output, at=f"{it.at}/output")
        return
    for place, item in enumerate(output):
        if not isinstance(item, dict) or not isinstance(item.get("type"), str):
            yield Problem("an item with a type", item, at=f"{it.at}/output/{place}")


@check(
    "responses.schema",
    Level.MUST,
    Basis.SPEC,
    of=response_object,
    cite=sources.spec("Response") + "; openai.types.responses.Response",
    breaks=(TYPED,),
    remedy="Send the field with the type of the contract, or leave it out.",
    requires=("responses.object", "responses.output-list"),
)
def schema(it: ResponseObject) -> Iterator[Verdict]:
    """A response fits the types of the official SDK, strictly."""
    for departure in it.departures:
        if not rules.within(departure.path, *NAMED):
            yield Problem(departure.expected, departure.actual, at=it.at + departure.pointer)


@check(
    "responses.id-nonempty",
    Level.MUST,
    Basis.SPEC,
    of=response_object,
    cite=sources.RESPONSE + "id",
    breaks=("previous_response_id: there is nothing to go on from",),
    remedy="Make an id for every response, as in resp_….",
)
def id_nonempty(it: ResponseObject) -> Iterator[Verdict]:
    """The id of a response is a string that is not empty."""
    yield from rules.nonempty_string(it.value, "id", f"{it.at}/id")


@check(
    "responses.id-prefix",
    Level.MAY,
    Basis.DE_FACTO,
    of=response_object,
    cite=sources.WIRE + " (all responses)",
    breaks=("clients that tell kinds of objects by the prefix of their ids",),
    remedy="Begin ids of responses with resp_.",
    evidence=("CopilotKit/aimock 1.43 (recorded)",),
)
def id_prefix(it: ResponseObject) -> Iterator[Verdict]:
    """The id of a response begins with resp_."""
    yield from rules.prefix(it.value.get("id"), "resp_", f"{it.at}/id")


@relation(
    "responses.id-unique",
    Level.MUST,
    Basis.SPEC,
    scenario="responses.plain",
    cite=sources.RESPONSE + "id: a unique identifier",
    breaks=("previous_response_id: one conversation goes on in another",),
    remedy="Make the id from a random source, anew for every request.",
)
def id_unique(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """Two responses have two ids."""
    ids = [found.value.get("id") for found in map(response_object, run.values()) if found]
    if len(ids) < 2 or not all(ids):
        lacks = [lacking(each, "a response") for each in run.values()]
        yield next((lack for lack in lacks if lack), Inconclusive("no two ids"))
    elif ids[0] == ids[1]:
        yield Problem("two ids", f"{ids[0]} twice", at="/id")


@check(
    "responses.created-at",
    Level.SHOULD,
    Basis.SPEC,
    of=response_object,
    cite=sources.RESPONSE + "created_at: Unix timestamp (in seconds)",
    breaks=("clients with whole numbers in their types", "dates in the year 57,000"),
    remedy="Send whole seconds since 1970.",
    evidence=("axonhub#2187", "huggingface/transformers serve 5.23 (recorded)"),
)
def created_at(it: ResponseObject) -> Iterator[Verdict]:
    """The time of creation is a whole number of seconds since 1970, not of anything smaller."""
    value = it.value.get("created_at", ABSENT)
    if is_number(value) and value == int(value) and not isinstance(value, int):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        yield Problem("a whole number of seconds", value, at=f"{it.at}/created_at")
    elif not rules.EARLIEST < value < rules.LATEST:
        yield Problem("seconds since 1970", value, at=f"{it.at}/created_at")


@check(
    "responses.model-echo",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=created_response,
    cite=sources.WIRE + ": the alias or its dated snapshot",
    breaks=("price tables and dashboards that key by model",),
    remedy="Answer with the name that was asked for, not with a path or the engine's own.",
    evidence=("huggingface/transformers serve 5.23 (recorded)",),
)
def model_echo(it: ResponseObject) -> Iterator[Verdict]:
    """The model of a response is the one that was asked for, or a version of it."""
    for verdict in rules.model_echo(it.asked.get("model"), it.value.get("model", ABSENT)):
        if isinstance(verdict, Problem):
            yield Problem(verdict.expected, verdict.actual, at=it.at + verdict.at)


STATUSES = ("completed", "failed", "in_progress", "cancelled", "queued", "incomplete")
FINAL = ("completed", "incomplete", "failed", "cancelled")


@check(
    "responses.status-enum",
    Level.MUST,
    Basis.SPEC,
    of=response_object,
    cite=sources.RESPONSE + "status/enum",
    breaks=("clients that wait for a final status: they wait for ever", TYPED),
    remedy="Say completed, incomplete, failed, in_progress, queued or cancelled.",
)
def status_enum(it: ResponseObject) -> Iterator[Verdict]:
    """The status of a response is one of those documented."""
    if it.value.get("status") not in STATUSES:
        yield Problem(", ".join(STATUSES), it.value.get("status", ABSENT), at=f"{it.at}/status")


@check(
    "responses.status-final",
    Level.MUST,
    Basis.SPEC,
    of=created_response,
    cite=sources.RESPONSE_REQUEST + "background",
    breaks=("clients that poll where there is nothing to wait for",),
    remedy="Answer when the response has ended, unless it was to run in the background.",
    requires=("responses.status-enum",),
)
def status_final(it: ResponseObject) -> Iterator[Verdict]:
    """A response that does not run in the background has ended when it is answered."""
    if it.value["status"] not in FINAL:
        yield Problem(", ".join(FINAL), it.value["status"], at=f"{it.at}/status")


@check(
    "responses.incomplete-reason",
    Level.MUST,
    Basis.SPEC,
    of=response_object,
    cite=sources.RESPONSE + "incomplete_details",
    breaks=("clients that ask why: AttributeError, or half an answer taken for a whole one",),
    remedy="Set incomplete_details.reason where, and only where, the status is incomplete.",
    requires=("responses.status-enum",),
)
def incomplete_reason(it: ResponseObject) -> Iterator[Verdict]:
    """A response is incomplete if, and only if, incomplete_details says why."""
    details = it.value.get("incomplete_details")
    reason = details.get("reason") if isinstance(details, dict) else None
    if it.value["status"] == "incomplete" and not isinstance(reason, str):
        yield Problem("a reason", details, at=f"{it.at}/incomplete_details")
    elif it.value["status"] == "completed" and details is not None:
        yield Problem("null, as the response is completed", details, at=f"{it.at}/incomplete_details")


@check(
    "responses.cut-visible",
    Level.MUST,
    Basis.SPEC,
    of=created_response,
    cite=sources.RESPONSE + "incomplete_details; " + sources.RESPONSE_REQUEST + "max_output_tokens",
    breaks=("clients that continue cut answers: they take this one for whole",),
    remedy="Say incomplete, with the reason max_output_tokens, where the limit ended the answer.",
    evidence=("portkey-ai/gateway 1.15 (recorded)",),
    requires=("responses.max-output-tokens",),
)
def cut_visible(it: ResponseObject) -> Iterator[Verdict]:
    """A response that the token limit cut is incomplete."""
    limit, used = it.asked.get("max_output_tokens"), it.usage.get("output_tokens")
    if not isinstance(limit, int) or not isinstance(used, int) or it.value.get("status") != "completed":
        return
    if any(item.get("type") not in response_shapes.OWN_ITEMS for _, item in it.items):
        return  # A hosted tool is asked by a model of its own, whose tokens are counted too.
    for verdict in rules.cut_by_limit(rules.Limited(limit, used, "stop", it.text, may_stop=False)):
        if isinstance(verdict, Problem):
            yield Problem(f"incomplete (the limit is {limit}, {used} came)", "completed", at=f"{it.at}/status")
        else:
            yield verdict


@check(
    "responses.error-null",
    Level.MUST,
    Basis.SPEC,
    of=response_object,
    cite=sources.RESPONSE + "error",
    breaks=("clients that look at `error` to see whether it went well",),
    remedy="Send error: null, unless the status is failed; then say the code and the message.",
    requires=("responses.status-enum",),
)
def error_null(it: ResponseObject) -> Iterator[Verdict]:
    """A response has an error, with code and message, if and only if it failed."""
    error = it.value.get("error")
    told = isinstance(error, dict) and isinstance(error.get("code"), str) and isinstance(error.get("message"), str)
    if it.value["status"] == "failed" and not told:
        yield Problem("a code and a message", error, at=f"{it.at}/error")
    elif it.value["status"] == "completed" and error is not None:
        yield Problem("null, as the response is completed", error, at=f"{it.at}/error")


@check(
    "responses.tool-keys",
    Level.MUST,
    Basis.SPEC,
    of=response_object,
    cite=sources.spec("Response") + ", required: parallel_tool_calls, tool_choice, tools",
    breaks=(TYPED, "openai-python: None where the types promise a list"),
    remedy="Repeat tools ([] for none), tool_choice and parallel_tool_calls in every response.",
    evidence=("CopilotKit/aimock 1.43 (recorded)", "portkey-ai/gateway 1.15 (recorded)"),
)
def tool_keys(it: ResponseObject) -> Iterator[Verdict]:
    """A response repeats tools, tool_choice and parallel_tool_calls."""
    wanted = {"tools": list, "tool_choice": str | dict, "parallel_tool_calls": bool}
    for name, shape in wanted.items():
        if not isinstance(it.value.get(name), shape):
            yield Problem(f"{name}, as asked or as it is by default", it.value.get(name, ABSENT), at=f"{it.at}/{name}")


NULLABLE = ("error", "incomplete_details", "instructions", "metadata", "temperature", "top_p")


@check(
    "responses.nullable-keys",
    Level.MAY,
    Basis.SPEC,
    of=response_object,
    cite=sources.spec("Response") + ", required",
    breaks=("strictly typed clients only; the official SDKs survive it",),
    remedy="Send null where there is nothing to say.",
)
def nullable_keys(it: ResponseObject) -> Iterator[Verdict]:
    """A response has the keys that may be null: error, incomplete_details, instructions and the like."""
    missing = [name for name in NULLABLE if name not in it.value]
    if missing:
        yield Problem(", ".join(NULLABLE), f"without {', '.join(missing)}", at=it.at or "body")


REPEATED = (
    "instructions",
    "max_output_tokens",
    "metadata",
    "parallel_tool_calls",
    "previous_response_id",
    "store",
    "temperature",
    "top_p",
    "truncation",
)


@check(
    "responses.parameters-repeated",
    Level.SHOULD,
    Basis.SPEC,
    of=created_response,
    cite=sources.spec("ResponseProperties"),
    breaks=("clients that read back what was in force",),
    remedy="Repeat the parameters of the request in the response.",
    evidence=("BerriAI/litellm 1.106 (recorded)",),
)
def parameters_repeated(it: ResponseObject) -> Iterator[Verdict]:
    """A response repeats the parameters of its request."""
    for name in REPEATED:
        asked = it.asked.get(name)
        if asked is not None and name in it.value and not _is_same(asked, it.value[name]):
            yield Problem(f"{asked!r}, as asked"[:160], it.value[name], at=f"{it.at}/{name}")


def _is_same(asked: Any, repeated: Any) -> bool:
    return bool(asked == repeated) or isinstance(repeated, list)


@check(
    "responses.no-output-text",
    Level.SHOULD,
    Basis.SPEC,
    of=response_object,
    cite=sources.RESPONSE + "output_text: SDK only",
    breaks=("clients that store responses and send them back: the field is refused",),
    remedy="Leave output_text out: SDKs make it from the output.",
)
def no_output_text(it: ResponseObject) -> Iterator[Verdict]:
    """A response has no output_text on the wire."""
    if it.value.get("output_text") is not None:
        yield Problem("no such field", it.value["output_text"], at=f"{it.at}/output_text")


@check(
    "responses.usage-present",
    Level.SHOULD,
    Basis.SPEC,
    of=created_response,
    cite=sources.RESPONSE + "usage",
    breaks=(BILLS,),
    remedy="Count the tokens and send `usage` with every response that has ended.",
)
def usage_present(it: ResponseObject) -> Iterator[Verdict]:
    """A response that has ended says what it cost."""
    if it.value.get("status") in ("completed", "incomplete") and not it.usage:
        yield Problem("usage", it.value.get("usage", ABSENT), at=f"{it.at}/usage")


@check(
    "responses.usage-counts",
    Level.MUST,
    Basis.SPEC,
    of=counted_response,
    cite=sources.RESPONSE_USAGE + "/required",
    breaks=(BILLS, TYPED),
    remedy="Send input_tokens, output_tokens and total_tokens as whole numbers.",
)
def usage_counts(it: ResponseObject) -> Iterator[Verdict]:
    """The counts of a response's usage are whole numbers, 0 or more."""
    for name in ("input_tokens", "output_tokens", "total_tokens"):
        value = it.usage.get(name, ABSENT)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            yield Problem("a whole number, 0 or more", value, at=f"{it.at}/usage/{name}")


@check(
    "responses.usage-arithmetic",
    Level.MUST,
    Basis.SPEC,
    of=counted_response,
    cite=sources.RESPONSE_USAGE + "/properties/total_tokens",
    breaks=(BILLS,),
    remedy="Add input and output up.",
    requires=("responses.usage-counts",),
)
def usage_arithmetic(it: ResponseObject) -> Iterator[Verdict]:
    """total_tokens is input_tokens plus output_tokens."""
    spent, made, total = (it.usage[name] for name in ("input_tokens", "output_tokens", "total_tokens"))
    if spent + made != total:
        yield Problem(f"{spent} + {made}", total, at=f"{it.at}/usage/total_tokens")


@check(
    "responses.usage-positive",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=counted_response,
    cite=sources.WIRE,
    breaks=(BILLS,),
    remedy="Count for real; leave usage out where you can't.",
    evidence=("CopilotKit/aimock 1.43 (recorded)",),
    requires=("responses.usage-counts",),
)
def usage_positive(it: ResponseObject) -> Iterator[Verdict]:
    """An input costs tokens, and so does an output."""
    if it.usage["input_tokens"] == 0:
        yield Problem("more than 0", 0, at=f"{it.at}/usage/input_tokens")
    if it.text.strip() and it.usage["output_tokens"] == 0:
        yield Problem("more than 0", 0, at=f"{it.at}/usage/output_tokens")


PARTS = (
    ("input_tokens", "input_tokens_details", "cached_tokens"),
    ("output_tokens", "output_tokens_details", "reasoning_tokens"),
)


@check(
    "responses.usage-details",
    Level.MUST,
    Basis.SPEC,
    of=counted_response,
    cite=sources.RESPONSE_USAGE + "/required: input_tokens_details, output_tokens_details",
    breaks=("openai-agents: AttributeError: 'NoneType' object has no attribute 'cached_tokens'",),
    remedy="Send input_tokens_details.cached_tokens and output_tokens_details.reasoning_tokens, 0 for none.",
    evidence=("CopilotKit/aimock 1.43 (recorded)", "portkey-ai/gateway 1.15 (recorded)"),
    requires=("responses.usage-counts",),
)
def usage_details(it: ResponseObject) -> Iterator[Verdict]:
    """The usage says how many input tokens were cached, and how many output tokens were reasoning."""
    for whole, group, part in PARTS:
        details = it.usage.get(group)
        value = details.get(part, ABSENT) if isinstance(details, dict) else ABSENT
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= it.usage[whole]:
            yield Problem(f"0 to {it.usage[whole]}", value, at=f"{it.at}/usage/{group}/{part}")


@relation(
    "responses.instructions-counted",
    Level.SHOULD,
    Basis.SPEC,
    scenario="responses.plain",
    cite=sources.RESPONSE_REQUEST + "instructions: inserted into the model's context",
    breaks=("agents: the model never reads who it is to be",),
    remedy="Put instructions before the input, as a system or developer message.",
)
def instructions_counted(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """Instructions reach the model: the input with them counts more tokens."""
    yield from more_tokens(run, "question", "instructions")


def more_tokens(run: Mapping[str, Exchange], control: str, probe: str) -> Iterator[Verdict]:
    """Require that the *probe* counts more input tokens than the *control* without the parameter."""
    for name in (control, probe):
        lack = lacking(run.get(name), name)
        if lack:
            yield lack
            return
    found = [counted_response(run[name]) for name in (control, probe)]
    fewer, more = (each.usage.get("input_tokens") if each else None for each in found)
    if not isinstance(fewer, int) or not isinstance(more, int) or fewer <= 0 or more <= 0:
        yield Inconclusive("no usage on both answers")
    elif more <= fewer:
        yield Problem(f"more than {fewer} input tokens, as without it", more, at=probe)
