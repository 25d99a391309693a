"""Checks: requests with tools, taken and refused."""

from collections.abc import Iterator, Mapping
from typing import Any

from cozecheck.checks.registry import check
from cozecheck.checks.tools import WHOLE, forced_name
from cozecheck.contract import schemas, sources
from cozecheck.contract.sources import spec
from cozecheck.exchange import Exchange
from cozecheck.findings import Basis, Level, Problem, Unsupported, Verdict
from cozecheck.views.requests import Asked, acceptance, is_plain_but, legal_chat, refusal_of
from cozecheck.views.turns import listed, tool_name, turns

PARAMETERS = ("tools", "tool_choice", "parallel_tool_calls", "stream_options", "seed", "top_p", "store", "n")


def _with_tools(asked: Asked | None) -> bool:
    if asked is None or not is_plain_but(asked, *PARAMETERS):
        return False
    tools = listed(asked.body.get("tools"))
    return bool(tools) and not any(_schema_fault(tool) for tool in tools)


def _schema_fault(tool: Mapping[str, Any]) -> str:
    function = tool.get("function")
    parameters = function.get("parameters") if isinstance(function, dict) else None
    return "" if parameters is None else schemas.fault(parameters)


def _kinds(asked: Asked) -> set[str]:
    return {str(tool.get("type")) for tool in listed(asked.body.get("tools"))}


def _has_history(asked: Asked) -> bool:
    return any(message.get("tool_calls") or message.get("role") == "tool" for message in asked.messages)


def first_turn(exchange: Exchange) -> Asked | None:
    """Read an answered request that offers functions, before any was called."""
    asked = legal_chat(exchange)
    fits = asked and _with_tools(asked) and _kinds(asked) == {"function"} and not _has_history(asked)
    return asked if asked and fits and not _unknown_choice(asked) and not asked.is_about_messages else None


@check(
    "tools.accepted",
    Level.MUST,
    Basis.SPEC,
    of=first_turn,
    cite=spec(sources.CHAT_REQUEST + "tools"),
    breaks=("every agent",),
    remedy="Take tools, or refuse them with 400 and param tools.",
    evidence=("abetlen/llama-cpp-python 0.3.36 (recorded)", "mockllm 0.0.8 (recorded)"),
)
def accepted(asked: Asked) -> Iterator[Verdict]:
    """A request with tools is answered, or refused by name."""
    verdict = refusal_of(asked, "tools", "tools", "tool_choice", "parallel_tool_calls", "tool calling", "functions")
    if verdict:
        yield verdict


def custom_offered(exchange: Exchange) -> Asked | None:
    """Read an answered request that offers custom tools."""
    asked = legal_chat(exchange)
    return asked if asked and _with_tools(asked) and "custom" in _kinds(asked) else None


@check(
    "tools.custom-accepted",
    Level.SHOULD,
    Basis.SPEC,
    of=custom_offered,
    cite=spec("CustomToolChatCompletions"),
    breaks=("agents whose tools take plain text: patches, queries, shells",),
    remedy="Take custom tools, or refuse them with 400 and param tools[N].type.",
)
def custom_accepted(asked: Asked) -> Iterator[Verdict]:
    """A request with custom tools is answered, or refused by name."""
    verdict = refusal_of(asked, "custom tools", "custom", "tools", "tools[0].type", "tool_choice")
    if verdict:
        yield verdict


def forced_legacy(exchange: Exchange) -> Asked | None:
    """Read an answered request that forces one of the old functions."""
    asked = legal_chat(exchange)
    if asked is None or "tools" in asked.body or not listed(asked.body.get("functions")):
        return None
    return asked if isinstance(asked.body.get("function_call"), dict) else None


@check(
    "tools.legacy-functions",
    Level.SHOULD,
    Basis.SPEC,
    of=forced_legacy,
    cite=spec(sources.CHAT_REQUEST + "functions") + " (deprecated)",
    breaks=("applications written before tools",),
    remedy="Take functions as tools and answer with function_call, or refuse with 400 and param functions.",
    requires=WHOLE,
)
def legacy_functions(asked: Asked) -> Iterator[Verdict]:
    """The old functions are honoured, and answered with function_call; or refused by name."""
    verdict = refusal_of(asked, "functions", "functions", "function_call")
    answer = turns(asked.exchange)
    if verdict:
        yield verdict
    elif answer and not any(isinstance(turn.function_call, dict) or turn.is_cut for turn in answer.turns):
        said = "tool_calls" if answer.calls else "no call"
        yield Problem(f"function_call: {asked.body['function_call'].get('name')}", said, at="message/function_call")


def round_trip(exchange: Exchange) -> Asked | None:
    """Read an answered request that sends tool calls back, with their results, without content beside them."""
    asked = legal_chat(exchange)
    if asked is None or not _with_tools(asked):
        return None
    callers = [message for message in asked.messages if message.get("tool_calls")]
    is_bare = callers and all(not message.get("content") for message in callers)
    results = [message for message in asked.messages if message.get("role") == "tool"]
    is_sound = all(isinstance(message.get("tool_call_id"), str) for message in results)
    return asked if is_bare and is_sound and not parts_result(exchange) else None


@check(
    "tools.roundtrip-null-content",
    Level.MUST,
    Basis.SPEC,
    of=round_trip,
    cite=spec("ChatCompletionRequestAssistantMessage/properties/content") + ": required unless tool_calls is there",
    breaks=("every agent: the second request of each tool call is refused",),
    remedy="Take assistant turns with tool_calls whose content is null, absent or empty.",
    evidence=("lmstudio#261", "mistral-common#324", "cheetahclaws#72", "mlx-openai-server#205"),
)
def roundtrip_null_content(asked: Asked) -> Iterator[Verdict]:
    """Tool calls are taken back with their results, with content null, absent or empty."""
    if asked.response.status < 500 and asked.error and asked.names("tools", "tool_calls") and not asked.response.ok:
        yield Unsupported(f"tools: {asked.says[:200]}")
    elif verdict := acceptance(asked, "an assistant turn with tool_calls and no content"):
        yield verdict


def parts_result(exchange: Exchange) -> Asked | None:
    """Read an answered request with a tool's result as a list of texts."""
    asked = legal_chat(exchange)
    if asked is None or not _with_tools(asked):
        return None
    results = [message.get("content") for message in asked.messages if message.get("role") == "tool"]
    return asked if any(isinstance(content, list) for content in results) else None


@check(
    "tools.result-parts",
    Level.SHOULD,
    Basis.SPEC,
    of=parts_result,
    cite=spec("ChatCompletionRequestToolMessage/properties/content"),
    breaks=("LangChain and the Vercel AI SDK, which send results as parts",),
    remedy="Take the content of a tool message as a string or as a list of text parts.",
)
def result_parts(asked: Asked) -> Iterator[Verdict]:
    """The result of a tool is taken as a list of text parts."""
    verdict = refusal_of(asked, "a tool's result as text parts", "tools", "tool_choice")
    if verdict:
        yield verdict


def no_tools(exchange: Exchange) -> Asked | None:
    """Read an answered request with an empty list of tools."""
    asked = legal_chat(exchange)
    return asked if asked and asked.body.get("tools") == [] else None


@check(
    "tools.empty-array",
    Level.MAY,
    Basis.DE_FACTO,
    of=no_tools,
    cite=sources.WIRE + ": 400 empty_array",
    breaks=("nobody: applications that are developed on it and then moved to OpenAI",),
    remedy="Refuse with 400, code empty_array and param tools.",
    evidence=("vllm-project/vllm#39741", "fast-agent#781"),
)
def empty_array(asked: Asked) -> Iterator[Verdict]:
    """An empty list of tools is refused."""
    if asked.response.ok:
        yield Problem("400 empty_array", asked.response.status, at="status")


def faulty_schema(exchange: Exchange) -> Asked | None:
    """Read an answered request with a function whose parameters are no JSON Schema."""
    asked = legal_chat(exchange)
    return asked if asked and any(_schema_fault(tool) for tool in listed(asked.body.get("tools"))) else None


@check(
    "tools.bad-schema",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=faulty_schema,
    cite=sources.WIRE + ": 400 invalid_function_parameters",
    breaks=("everybody with a mistake in a schema: the model guesses",),
    remedy="Refuse with 400, code invalid_function_parameters and param tools[N].function.parameters.",
)
def bad_schema(asked: Asked) -> Iterator[Verdict]:
    """A function whose parameters are no JSON Schema is refused with a 4xx."""
    if asked.response.ok or (asked.response.status >= 500 and not asked.is_outage):
        yield Problem("400 invalid_function_parameters", asked.response.status, at="status")


def _unknown_choice(asked: Asked) -> str:
    """Return the name of a tool that is forced and was not offered."""
    choice = asked.body.get("tool_choice")
    name = forced_name(choice) if isinstance(choice, dict) else ""
    return name if name not in {tool_name(tool) for tool in listed(asked.body.get("tools"))} else ""


def impossible_choice(exchange: Exchange) -> Asked | None:
    """Read an answered request that forces a tool which is not offered."""
    asked = legal_chat(exchange)
    if asked is None:
        return None
    alone = asked.body.get("tool_choice") == "required" and "tools" not in asked.body
    return asked if alone or _unknown_choice(asked) else None


@check(
    "tools.choice-impossible",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=impossible_choice,
    cite=sources.WIRE + ": 400, param tool_choice",
    breaks=("everybody with a slip in a name: the choice is ignored without a word",),
    remedy="Refuse with 400 and param tool_choice.",
)
def choice_impossible(asked: Asked) -> Iterator[Verdict]:
    """A tool_choice that names a tool which is not offered is refused with a 4xx."""
    if asked.response.ok or (asked.response.status >= 500 and not asked.is_outage):
        yield Problem("400, param tool_choice", asked.response.status, at="status")
