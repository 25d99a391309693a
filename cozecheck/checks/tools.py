"""Checks: tool calls, in bodies and streams."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cozecheck.checks import rules
from cozecheck.checks.registry import check, relation
from cozecheck.contract import schemas, sources
from cozecheck.contract.sources import spec
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.chat import ChatBody, chat_body
from cozecheck.views.turns import Call, Turn, Turns, listed, tool_name, turns

AGENTS = "agents: the loop ends, or calls what is not there"
WHOLE = ("chat.choices-present", "chat.message-present")
CALLS = ("choices", None, "message", "tool_calls")
NAMED = tuple((*CALLS, None, *place) for place in (("id",), ("type",), ("function", "name"), ("function", "arguments")))
"""Places in a call of which another check speaks; None stands for any position."""
JANUARY_2025 = 1_735_689_600


def called(exchange: Exchange) -> Turns | None:
    """Read an answer with tool calls."""
    answer = turns(exchange)
    return answer if answer and answer.calls else None


def called_body(exchange: Exchange) -> Turns | None:
    """Read a body with tool calls."""
    answer = called(exchange)
    return answer if answer and not answer.streamed else None


def shaped_body(exchange: Exchange) -> ChatBody | None:
    """Read a chat completion that lists tool calls."""
    body = chat_body(exchange)
    return body if body and any(message.get("tool_calls") is not None for _, message in body.messages) else None


@check(
    "tools.schema",
    Level.MUST,
    Basis.SPEC,
    of=shaped_body,
    cite=spec("ChatCompletionMessageToolCall") + "; openai.types.chat.ChatCompletionMessageToolCallUnion",
    breaks=("typed clients (openai-dotnet, go-openai, openai-java) fail to decode the answer",),
    remedy="Send a list of calls, each with id, type and function.",
    requires=("tools.type", "tools.id-nonempty", "tools.name-nonempty", "tools.arguments-string"),
)
def schema(body: ChatBody) -> Iterator[Verdict]:
    """Tool calls fit the types of the official SDK, strictly."""
    for departure in body.departures:
        if rules.within(departure.path, CALLS) and not rules.within(departure.path, *NAMED):
            yield Problem(departure.expected, departure.actual, at=departure.pointer)


@check(
    "tools.type",
    Level.MUST,
    Basis.SPEC,
    of=called_body,
    cite=sources.TOOL_CALL + "type",
    breaks=("clients that dispatch on the type of a call; openai-python parses it as no call at all",),
    remedy="Set type to function, or to custom where a custom tool is called.",
    evidence=("vllm-project/vllm#16340",),
)
def type_(answer: Turns) -> Iterator[Verdict]:
    """The type of a tool call is function or custom."""
    for call in answer.calls:
        if call.kind not in ("function", "custom"):
            yield Problem("function, or custom", call.kind, at=f"{call.at}/type")


@check(
    "tools.id-nonempty",
    Level.MUST,
    Basis.SPEC,
    of=called,
    cite=sources.TOOL_CALL + "id",
    breaks=("everybody who answers a call: tool_call_id has nothing to name",),
    remedy="Make an id for every call, as in call_….",
    evidence=("ggml-org/llama.cpp#11992", "openai/openai-dotnet#428"),
)
def id_nonempty(answer: Turns) -> Iterator[Verdict]:
    """The id of a tool call is a string that is not empty."""
    for call in answer.calls:
        if not isinstance(call.id, str) or not call.id:
            yield Problem("a string that is not empty", call.id, at=f"{call.at}/id")


@check(
    "tools.id-unique",
    Level.MUST,
    Basis.SPEC,
    of=called,
    cite=sources.TOOL_CALL + "id",
    breaks=("clients that match results to calls by id: one result answers two calls",),
    remedy="Make the id of each call from a random source.",
    evidence=("BerriAI/litellm#11262", "agenc-core#417", "eca#233"),
    requires=("tools.id-nonempty",),
)
def id_unique(answer: Turns) -> Iterator[Verdict]:
    """No two calls have one id, in an answer and over the turns of a conversation."""
    messages = listed(answer.asked.get("messages"))
    before = {call.get("id") for message in messages for call in listed(message.get("tool_calls"))}
    for turn in answer.turns:
        seen = set(before)
        for call in turn.calls:
            if call.id in seen:
                yield Problem("an id that no other call has", call.id, at=f"{call.at}/id")
            seen.add(call.id)


@check(
    "tools.id-prefix",
    Level.MAY,
    Basis.DE_FACTO,
    of=called,
    cite=sources.WIRE + " (all tool calls)",
    breaks=("clients that tell kinds of objects by the prefix of their ids",),
    remedy="Begin ids of tool calls with call_.",
    evidence=("mistralai/mistral-common (nine letters and digits)",),
)
def id_prefix(answer: Turns) -> Iterator[Verdict]:
    """The id of a tool call begins with call_."""
    for call in answer.calls[:1]:
        yield from rules.prefix(call.id, "call_", f"{call.at}/id")


@check(
    "tools.name-nonempty",
    Level.MUST,
    Basis.SPEC,
    of=called,
    cite=sources.TOOL_CALL + "function/properties/name",
    breaks=(AGENTS,),
    remedy="Name the function in every call.",
)
def name_nonempty(answer: Turns) -> Iterator[Verdict]:
    """A tool call names what is called."""
    for call in answer.calls:
        if not isinstance(call.name, str) or not call.name:
            yield Problem("the name of a tool", call.name, at=f"{call.at}/name")


@check(
    "tools.name-offered",
    Level.SHOULD,
    Basis.SPEC,
    of=called,
    cite=spec(sources.CHAT_REQUEST + "tools") + ": a list of tools the model may call",
    breaks=(AGENTS,),
    remedy="Constrain the model to the names that were offered; don't prefix or rename them.",
    requires=("tools.name-nonempty", "tools.stream.name-once"),
)
def name_offered(answer: Turns) -> Iterator[Verdict]:
    """The tool that is called was offered."""
    if not answer.offered:
        return
    for call in answer.calls:
        if call.name not in answer.offered:
            yield Problem(f"one of {', '.join(answer.offered)}", call.name, at=f"{call.at}/name")


@check(
    "tools.arguments-string",
    Level.MUST,
    Basis.SDK,
    of=called_body,
    cite=sources.TOOL_CALL + "function/properties/arguments; " + sources.PYTHON_PARSING,
    breaks=("openai-python: TypeError in .parse(); everybody who calls json.loads",),
    remedy="Send the arguments as JSON in a string, not as an object.",
    evidence=("ggml-org/llama.cpp#20198", "huggingface/text-generation-inference#2136", "picoclaw#1292"),
)
def arguments_string(answer: Turns) -> Iterator[Verdict]:
    """The arguments of a function call are a string."""
    for call in answer.calls:
        if call.kind != "custom" and not isinstance(call.payload, str):
            yield Problem("a string", call.payload, at=f"{call.at}/function/arguments")


@check(
    "tools.arguments-json",
    Level.SHOULD,
    Basis.SPEC,
    of=called_body,
    cite=sources.TOOL_CALL + "function/properties/arguments: the model does not always generate valid JSON",
    breaks=("applications that parse the arguments without a net",),
    remedy="Constrain the arguments to JSON while they are sampled.",
    evidence=("vllm-project/vllm#35266", "vllm-project/vllm#15274"),
)
def arguments_json(answer: Turns) -> Iterator[Verdict]:
    """The arguments of a function call are a JSON object."""
    yield from json_objects(answer)


def json_objects(answer: Turns) -> Iterator[Verdict]:
    """Require that the arguments of every whole function call are a JSON object."""
    for turn in answer.turns:
        for call in turn.calls:
            if call.kind != "custom" and isinstance(call.payload, str) and arguments(call) is None:
                yield (
                    Inconclusive("the answer was cut in the middle of the arguments")
                    if turn.is_cut
                    else Problem("a JSON object", call.payload, at=f"{call.at}, arguments")
                )


def arguments(call: Call) -> dict[str, Any] | None:
    """Return the arguments of a call; None where they are no JSON object."""
    try:
        value = json.loads(call.payload)
    except (TypeError, ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _misfits(answer: Turns, *, strict: bool) -> Iterator[Verdict]:
    for turn in answer.turns:
        for call in () if turn.is_cut else turn.calls:
            for pointer, fault in _faults(answer, call, strict=strict):
                expected = f"arguments that fit the schema of {call.name}"
                # "When a parallel function call is generated, it may not match supplied schemas."
                excused = Inconclusive("one of several calls, for which OpenAI does not promise it")
                problem = Problem(expected, fault, at=f"{call.at}, arguments{pointer}")
                yield excused if strict and len(turn.calls) > 1 else problem


def _faults(answer: Turns, call: Call, *, strict: bool) -> list[tuple[str, str]]:
    tool = answer.offered.get(call.name, {}) if isinstance(call.name, str) else {}
    function, parsed = tool.get("function"), arguments(call)
    if not isinstance(function, dict) or (function.get("strict") is True) is not strict:
        return []
    if parsed is None:
        return [("", call.payload)] if strict and isinstance(call.payload, str) else []
    return schemas.faults(function.get("parameters") or {}, parsed)[:1]


def _with_strictness(*, strict: bool) -> Callable[[Exchange], Turns | None]:
    def view(exchange: Exchange) -> Turns | None:
        answer = called(exchange)
        functions = [tool.get("function") for tool in answer.offered.values()] if answer else []
        found = any(isinstance(each, dict) and (each.get("strict") is True) is strict for each in functions)
        return answer if found else None

    view.__doc__ = f"Read an answer with tool calls where functions are {'strict' if strict else 'not strict'}."
    return view


@check(
    "tools.arguments-strict",
    Level.MUST,
    Basis.SPEC,
    of=_with_strictness(strict=True),
    cite=sources.FUNCTION + "strict: the model will follow the exact schema",
    breaks=("applications that count on strict: they validate nothing",),
    remedy="Constrain the sampling by the schema; refuse `strict` by name where you can't.",
    evidence=("vllm-project/vllm#39741",),
)
def arguments_strict(answer: Turns) -> Iterator[Verdict]:
    """The arguments of a strict function fit its schema."""
    yield from _misfits(answer, strict=True)


@check(
    "tools.arguments-schema",
    Level.SHOULD,
    Basis.SPEC,
    of=_with_strictness(strict=False),
    cite=sources.FUNCTION + "parameters",
    breaks=("applications whose functions get what they do not take",),
    remedy="Give the model the schema; constrain the sampling by it where you can.",
    evidence=("MoonshotAI/K2-Vendor-Verifier (schema accuracy)",),
)
def arguments_schema(answer: Turns) -> Iterator[Verdict]:
    """The arguments of a function fit its schema."""
    yield from _misfits(answer, strict=False)


@check(
    "tools.finish-reason",
    Level.MUST,
    Basis.SPEC,
    of=turns,
    cite=spec(sources.BODY + "choices/items/properties/finish_reason") + ": tool_calls if the model called a tool",
    breaks=(AGENTS + ": openai-agents, LangChain and the Vercel AI SDK look at it",),
    remedy="Say tool_calls where tools are called; stop only where tool_choice names the tool.",
    evidence=("BerriAI/litellm#35663", "BerriAI/litellm#12862", "ollama/ollama#7963", "python-genai#2868"),
    requires=WHOLE,
)
def finish_reason(answer: Turns) -> Iterator[Verdict]:
    """An answer that calls tools finishes with tool_calls, and no other does."""
    for turn in answer.turns:
        wanted = _finishes(answer, turn)
        known = isinstance(turn.finish, str) and turn.finish in rules.FINISH_REASONS
        if known and turn.finish not in wanted and not turn.is_cut:
            yield Problem(" or ".join(sorted(wanted)), turn.finish, at=f"{turn.at}, finish_reason")


def _finishes(answer: Turns, turn: Turn) -> set[str]:
    is_forced = isinstance(answer.choice, dict) or isinstance(answer.asked.get("function_call"), dict)
    # Until 2024 OpenAI said so for `required`, too: Mirascope/mirascope#256, Future-House/aviary#60.
    named = {"stop"} if is_forced or (answer.choice == "required" and answer.created < JANUARY_2025) else set()
    if isinstance(turn.function_call, dict) and not turn.calls:
        return {"function_call"} | named
    return {"tool_calls"} | named if turn.calls else {"stop"}


@check(
    "tools.empty-omitted",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=turns,
    cite=sources.WIRE + ": absent where no tool is called, never []",
    breaks=("clients that ask whether tool_calls is there, and then take the first; autogen, LangChain",),
    remedy="Leave tool_calls out where no tool is called.",
    evidence=("vllm-project/vllm#44104", "microsoft/autogen#3120", "vllm-ascend#9790"),
)
def empty_omitted(answer: Turns) -> Iterator[Verdict]:
    """Where no tool is called there is no tool_calls, not an empty list."""
    for turn in answer.turns:
        if turn.listed == [] and not turn.calls:
            yield Problem("no tool_calls", [], at=f"{turn.at}, tool_calls")


def constrained(exchange: Exchange) -> Turns | None:
    """Read an answer to a request whose tool_choice is not auto."""
    answer = turns(exchange)
    if answer is None or not answer.offered or answer.choice == "auto":
        return None
    is_impossible = isinstance(answer.choice, dict) and forced_name(answer.choice) not in ("", *answer.offered)
    return None if is_impossible else answer


def forced_name(choice: Mapping[str, Any]) -> str:
    """Return the name of the tool that a tool_choice forces; empty where it forces none."""
    return tool_name(choice) if choice.get("type") in ("function", "custom") else ""


@check(
    "tools.choice-honoured",
    Level.MUST,
    Basis.SPEC,
    of=constrained,
    cite=sources.TOOL_CHOICE,
    breaks=("agents that force a tool, or forbid all: LangChain's structured output, guardrails, routers",),
    remedy="Constrain the sampling by tool_choice, or refuse with 400 and param tool_choice.",
    evidence=("LiteRT-LM#2471", "mlx-vlm#1045", "vllm-project/vllm#49712", "mlxcel#1319"),
    requires=(*WHOLE, "tools.stream.name-once"),
)
def choice_honoured(answer: Turns) -> Iterator[Verdict]:
    """tool_choice is obeyed: none calls nothing, required calls something, a name calls that tool."""
    for turn in answer.turns:
        problem = _disobeyed(answer.choice, turn)
        if problem and not turn.calls and (turn.is_refusal or (turn.is_cut and not turn.text)):
            yield Inconclusive(f"the answer ended with {turn.finish} before a tool could be called")
        elif problem:
            yield problem


def _disobeyed(choice: Any, turn: Turn) -> Problem | None:
    names = {call.name for call in turn.calls}
    said = ", ".join(map(str, names)) or "no tool call"
    at = f"{turn.at}, tool_calls"
    if choice == "none":
        return Problem("no tool call", said, at=at) if names else None
    if choice == "required":
        return None if names else Problem("a call of some tool", said, at=at)
    if not isinstance(choice, dict):
        return None
    if choice.get("type") == "allowed_tools":
        return _beyond_allowed(choice.get("allowed_tools"), names, at)
    wanted = tool_name(choice)
    return Problem(f"a call of {wanted}", said, at=at) if wanted and names != {wanted} else None


def _beyond_allowed(given: Any, names: set[Any], at: str) -> Problem | None:
    allowed = {tool_name(each) for each in listed(given.get("tools"))} if isinstance(given, dict) else set()
    if not allowed or (names <= allowed and (names or given.get("mode") != "required")):
        return None
    return Problem(f"calls of {', '.join(sorted(allowed))} only", ", ".join(map(str, names)) or "no tool call", at=at)


def one_at_a_time(exchange: Exchange) -> Turns | None:
    """Read an answer to a request that forbids parallel tool calls."""
    answer = turns(exchange)
    return answer if answer and answer.offered and answer.asked.get("parallel_tool_calls") is False else None


@check(
    "tools.parallel-off",
    Level.MUST,
    Basis.SPEC,
    of=one_at_a_time,
    cite=spec("ParallelToolCalls"),
    breaks=("agents that handle one call a turn: the others are lost, and the next request is refused",),
    remedy="Stop after the first call where parallel_tool_calls is false.",
    evidence=("vllm-project/vllm#16021",),
)
def parallel_off(answer: Turns) -> Iterator[Verdict]:
    """With parallel_tool_calls false at most one tool is called."""
    for turn in answer.turns:
        if len(turn.calls) > 1:
            yield Problem("at most one call", f"{len(turn.calls)} calls", at=f"{turn.at}, tool_calls")


def offered(exchange: Exchange) -> Turns | None:
    """Read an answer to a request with tools."""
    answer = turns(exchange)
    return answer if answer and answer.offered else None


MARKUP = re.compile(
    r"<tool_call>|<\|tool_calls?|\[TOOL_CALLS\]|<function=|<\|python_tag\|>|<｜tool▁calls|<function_calls>"
)
"""How models write calls in their own words, before a server has read them."""


@check(
    "tools.no-markup",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=offered,
    cite=sources.WIRE + ": calls stand under tool_calls only",
    breaks=(AGENTS, "people, who are shown the markup"),
    remedy="Parse the model's own markup into tool_calls; keep it out of the content.",
    evidence=("ollama/ollama#9632", "ollama/ollama#12557", "vmlx#219", "lmstudio#649"),
)
def no_markup(answer: Turns) -> Iterator[Verdict]:
    """The content holds no tool calls in a model's own markup."""
    for turn in answer.turns:
        found = MARKUP.search(turn.text)
        if found:
            yield Problem(
                "calls under tool_calls", turn.text[found.start() : found.start() + 80], at=f"{turn.at}/content"
            )


@check(
    "tools.legacy-unasked",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=offered,
    cite=sources.WIRE + ": function_call answers the old `functions` only",
    breaks=("clients that look for function_call first: the call is made twice, or without its id",),
    remedy="Send function_call only where the request has functions.",
    evidence=("abetlen/llama-cpp-python 0.3.36 (recorded)",),
)
def legacy_unasked(answer: Turns) -> Iterator[Verdict]:
    """The old function_call is not sent where tools were offered."""
    for turn in answer.turns:
        if turn.function_call not in (ABSENT, None):
            yield Problem("no function_call", turn.function_call, at=f"{turn.at}/function_call")


def legacy_call(exchange: Exchange) -> Turns | None:
    """Read an answer with the old function_call."""
    answer = turns(exchange)
    return answer if answer and any(turn.function_call not in (ABSENT, None) for turn in answer.turns) else None


@check(
    "tools.legacy-shape",
    Level.MUST,
    Basis.SPEC,
    of=legacy_call,
    cite=spec("ChatCompletionResponseMessage/properties/function_call"),
    breaks=("applications written before tools: they parse the arguments",),
    remedy="Send function_call with a name and the arguments as JSON in a string.",
)
def legacy_shape(answer: Turns) -> Iterator[Verdict]:
    """The old function_call has a name and arguments, both strings."""
    for turn in answer.turns:
        sent = turn.function_call
        if sent in (ABSENT, None):
            continue
        if not isinstance(sent, dict):
            yield Problem("an object with name and arguments", sent, at=f"{turn.at}/function_call")
            continue
        for key in ("name", "arguments"):
            if not isinstance(sent.get(key), str):
                yield Problem("a string", sent.get(key, ABSENT), at=f"{turn.at}/function_call/{key}")


def custom_called(exchange: Exchange) -> Turns | None:
    """Read an answer that calls a custom tool."""
    answer = called(exchange)
    kinds = {name: tool.get("type") for name, tool in answer.offered.items()} if answer else {}
    is_custom = answer and any(
        call.kind == "custom" or (isinstance(call.name, str) and kinds.get(call.name) == "custom")
        for call in answer.calls
    )
    return answer if is_custom else None


@check(
    "tools.custom-input",
    Level.MUST,
    Basis.SPEC,
    of=custom_called,
    cite=spec("ChatCompletionMessageCustomToolCall"),
    breaks=("agents whose tools take plain text: the input is not where it should be",),
    remedy="Answer with type custom, and custom: {name, input}, where the tool is custom.",
    requires=("tools.type",),
)
def custom_input(answer: Turns) -> Iterator[Verdict]:
    """The call of a custom tool is of type custom, and its input is a string."""
    for call in answer.calls:
        tool = answer.offered.get(call.name, {}) if isinstance(call.name, str) else {}
        if tool.get("type") == "custom" and call.kind != "custom":
            yield Problem("custom", call.kind, at=f"{call.at}/type")
        elif call.kind == "custom" and not isinstance(call.payload, str):
            yield Problem("a string", call.payload, at=f"{call.at}/custom/input")


@relation(
    "tools.stream-parity",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario="tools.parity",
    cite=sources.WIRE + ": tool names and finish_reason agree between any two runs",
    breaks=("applications that turn streaming on: the call is dropped, or comes as text",),
    remedy="Parse tool calls in streams as in bodies.",
    evidence=("ollama/ollama#9632", "pi#1125", "vmlx#219", "lmstudio#649"),
)
def stream_parity(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A stream calls the same tools as a body does, with arguments of the same names."""
    answers = [turns(run[name]) for name in ("body", "stream") if name in run]
    pair = [answer for answer in answers if answer and len(answer.turns) == 1 and not answer.turns[0].is_cut]
    if len(pair) < 2 or not pair[0].calls:
        yield Inconclusive("no tool call in the body to compare with")
        return
    body, stream = (answer.turns[0] for answer in pair)
    if _summed(body) != _summed(stream):
        yield Problem(_summed(body), _summed(stream), at="stream")
    elif stream.finish and stream.finish != body.finish:
        yield Problem(f"{body.finish}, as in the body", stream.finish, at="stream")


def _summed(turn: Turn) -> str:
    calls = [f"{call.name}({', '.join(sorted(arguments(call) or {'?': 0}))})" for call in turn.calls]
    return ", ".join(calls) or "no call"
