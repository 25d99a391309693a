"""Checks: tool calls in the fragments of a stream."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from cozecheck.checks import rules
from cozecheck.checks.registry import check
from cozecheck.checks.tools import AGENTS, json_objects
from cozecheck.contract import sources
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Level, Problem, Verdict
from cozecheck.views.chat_stream import ChatStream, chat_stream, ended
from cozecheck.views.turns import StreamedCall, Turns, streamed_calls, turns

CHUNK = sources.TOOL_CALL_CHUNK
PLACES = (("choices", None, "delta", "tool_calls"), ("choices", None, "delta", "function_call"))
KEYS = (("index",), ("id",), ("type",), ("function", "arguments"), ("function", "name"))
NAMED = tuple((*PLACES[0], None, *key) for key in KEYS)
"""Places in a fragment of which another check speaks; None stands for any position."""


@dataclass(frozen=True, slots=True)
class CallStream:
    """A chat stream, and the tool calls in it."""

    stream: ChatStream
    calls: list[StreamedCall]


def calling_stream(exchange: Exchange) -> CallStream | None:
    """Read a whole chat stream with tool calls."""
    stream = chat_stream(exchange)
    calls = streamed_calls(stream) if stream and ended(stream) else []
    return CallStream(stream, calls) if stream and calls else None


def called_stream(exchange: Exchange) -> Turns | None:
    """Read the tool calls of a whole chat stream, put together."""
    answer = turns(exchange)
    return answer if answer and answer.streamed and answer.calls else None


@check(
    "tools.stream.index-present",
    Level.MUST,
    Basis.SDK,
    of=calling_stream,
    cite=CHUNK.removesuffix("properties/") + "required; " + sources.PYTHON_DELTAS,
    breaks=("openai-python: RuntimeError 'Expected list delta entry to have an `index` key'", "openai-node"),
    remedy="Number the calls of a choice from 0, in every fragment.",
    evidence=("ollama/ollama#7881", "mistral.rs#1507", "grok2api#239", "openai/openai-python#2806", "zed#38412"),
)
def index_present(it: CallStream) -> Iterator[Verdict]:
    """Every fragment of a tool call has an index, a whole number."""
    for call in it.calls:
        for at, fragment in call.fragments:
            index = fragment.get("index", ABSENT)
            if not isinstance(index, int) or isinstance(index, bool) or index < 0:
                yield Problem("a whole number, 0 or more", index, at=f"choice {call.choice}, event {at}")
                break


@check(
    "tools.stream.index-distinct",
    Level.MUST,
    Basis.SDK,
    of=calling_stream,
    cite=CHUNK + "index; " + sources.PYTHON_DELTAS,
    breaks=("every client that puts calls together by index: two calls become one with broken arguments",),
    remedy="Give each call of a choice an index of its own.",
    evidence=("ollama/ollama#15457", "BerriAI/litellm#21331", "ai-dynamo/dynamo#4723", "plexus#691"),
    requires=("tools.stream.index-present",),
)
def index_distinct(it: CallStream) -> Iterator[Verdict]:
    """Calls with different ids have different indices."""
    seen: dict[tuple[str, Any], StreamedCall] = {}
    for call in it.calls:
        other = seen.setdefault((repr(call.choice), call.index), call)
        if other is not call:
            ids = [each.values("id")[0][1] for each in (other, call) if each.values("id")]
            yield Problem("one index a call", f"index {call.index} for {' and '.join(map(str, ids))}", at=call.at)


@check(
    "tools.stream.head-first",
    Level.MUST,
    Basis.SPEC,
    of=calling_stream,
    cite=sources.TOOL_CALL + "id; " + CHUNK + "function",
    breaks=("clients that begin a call when its id and name come: openai-node, the Vercel AI SDK",),
    remedy="Send id and name in the first fragment of a call.",
    requires=("tools.id-nonempty", "tools.name-nonempty", "tools.stream.index-present"),
)
def head_first(it: CallStream) -> Iterator[Verdict]:
    """The first fragment of a call has its id and its name."""
    for call in it.calls:
        for key, found in (("id", call.values("id")), ("name", call.inner("name"))):
            if found and found[0][0] != call.first:
                yield Problem(f"{key} in event {call.first}", f"in event {found[0][0]}", at=call.at)


@check(
    "tools.stream.type-first",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=calling_stream,
    cite=sources.WIRE + ": the first fragment of a call has index, id, type and function",
    breaks=("clients that dispatch on the type of a call",),
    remedy="Send type in the first fragment of a call.",
    evidence=("vllm-project/vllm#16340",),
)
def type_first(it: CallStream) -> Iterator[Verdict]:
    """The first fragment of a call has its type, function or custom."""
    for call in it.calls:
        kind = call.fragments[0][1].get("type", ABSENT)
        if kind not in ("function", "custom"):
            yield Problem("function, or custom", kind, at=call.at)


@check(
    "tools.stream.accumulates",
    Level.MUST,
    Basis.SDK,
    of=calling_stream,
    cite=sources.PYTHON_DELTAS + ": strings of one key are joined",
    breaks=("openai-python .stream(): the name becomes look_uplook_up, the id call_1call_1",),
    remedy="Send id and name of a call once.",
    evidence=("hermes-agent#12230", "open-webui#22177", "abetlen/llama-cpp-python 0.3.36 (recorded)"),
)
def accumulates(it: CallStream) -> Iterator[Verdict]:
    """Joined as the SDK joins them, the fragments of a call keep its name and its id."""
    for call in it.calls:
        for found in (call.inner("name"), call.values("id")):
            whole = [value for _, value in found if value]
            if len(whole) > 1 and all(isinstance(value, str) for value in whole) and whole[1] == whole[0]:
                yield Problem(whole[0], f"{whole[0]}{whole[1]}, as joined", at=f"{call.at} to {found[-1][0]}")


@check(
    "tools.stream.name-once",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=calling_stream,
    cite=sources.WIRE + ": later fragments carry index and arguments only",
    breaks=("clients that join names, and clients that take the last one: it is empty",),
    remedy="Send the name of a call in its first fragment, and not again.",
    evidence=("hermes-agent#12230", "open-webui#22177", "sub2api#5632", "elixir langchain#174"),
)
def name_once(it: CallStream) -> Iterator[Verdict]:
    """The name of a call comes once."""
    yield from _once(it, "name")


@check(
    "tools.stream.id-once",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=calling_stream,
    cite=sources.WIRE + ": later fragments carry index and arguments only",
    breaks=("clients that begin a new call at every id, or join ids",),
    remedy="Send the id of a call in its first fragment, and not again.",
    evidence=("abetlen/llama-cpp-python 0.3.36 (recorded)",),
)
def id_once(it: CallStream) -> Iterator[Verdict]:
    """The id of a call comes once."""
    yield from _once(it, "id")


def _once(it: CallStream, key: str) -> Iterator[Verdict]:
    for call in it.calls:
        found = call.values("id") if key == "id" else call.inner("name")
        if len(found) > 1:
            at = f"choice {call.choice}, event {found[1][0]}"
            yield Problem(f"the {key} once", f"in {len(found)} fragments", at=at)


@check(
    "tools.stream.arguments-string",
    Level.MUST,
    Basis.SDK,
    of=calling_stream,
    cite=CHUNK + "function/properties/arguments; " + sources.PYTHON_DELTAS,
    breaks=("openai-python .stream(): TypeError; every client that joins strings",),
    remedy="Send the arguments in strings that join to the JSON, not as objects.",
    evidence=("ggml-org/llama.cpp#20198", "huggingface/text-generation-inference#2136"),
)
def arguments_string(it: CallStream) -> Iterator[Verdict]:
    """The fragments of a call's arguments are strings."""
    for call in it.calls:
        for at, part in (*call.inner("arguments"), *call.inner("input")):
            if not isinstance(part, str):
                yield Problem("a string", part, at=f"choice {call.choice}, event {at}")
                break


@check(
    "tools.stream.arguments-reassemble",
    Level.SHOULD,
    Basis.SPEC,
    of=called_stream,
    cite=CHUNK + "function/properties/arguments",
    breaks=(AGENTS, "openai-python .stream(): the parsed arguments stay None"),
    remedy="Send every fragment once, in order, to the last brace.",
    evidence=("vllm-project/vllm#35266", "vllm-project/vllm#45256", "vllm-project/vllm#21046"),
    requires=("tools.stream.index-present", "tools.stream.index-distinct", "tools.stream.arguments-string"),
)
def arguments_reassemble(answer: Turns) -> Iterator[Verdict]:
    """The fragments of a call's arguments join to a JSON object."""
    yield from json_objects(answer)


@check(
    "tools.stream.in-turn",
    Level.MAY,
    Basis.DE_FACTO,
    of=calling_stream,
    cite=sources.WIRE + ": parallel calls come strictly one after another",
    breaks=("clients that take a call for complete when the next one begins",),
    remedy="Finish a call before the next one begins.",
)
def in_turn(it: CallStream) -> Iterator[Verdict]:
    """The calls of a choice come one after another."""
    for before, after in pairwise(it.calls):
        if before.choice == after.choice and before.fragments[-1][0] > after.first:
            at = f"choice {before.choice}, event {before.fragments[-1][0]}"
            yield Problem("nothing more of the call before", f"a fragment of index {before.index}", at=at)


@check(
    "tools.stream.schema",
    Level.MUST,
    Basis.SPEC,
    of=calling_stream,
    cite=CHUNK.removesuffix("/properties/") + "; openai.types.chat.chat_completion_chunk.ChoiceDeltaToolCall",
    breaks=("typed clients (openai-dotnet, go-openai, openai-java) fail to decode the chunk",),
    remedy="Send each fragment as {index, id, type, function: {name, arguments}}, or less.",
)
def schema(it: CallStream) -> Iterator[Verdict]:
    """The fragments of tool calls fit the types of the official SDK, strictly."""
    for at, departure in it.stream.departures:
        if rules.within(departure.path, *PLACES) and not rules.within(departure.path, *NAMED):
            yield Problem(departure.expected, departure.actual, at=f"event {at}, {departure.pointer}")
