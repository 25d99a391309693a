"""Checks: a chat completion sent as a stream of chunks."""

from collections.abc import Callable, Iterator
from typing import Any

from cozecheck.checks import rules
from cozecheck.checks.registry import check
from cozecheck.contract import sources
from cozecheck.exchange import ABSENT, Absent, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.chat_stream import ChatStream, StreamedChoice, chat_stream, ended
from cozecheck.views.wire import is_recorded

CHUNK = sources.spec(sources.CHUNK)
CHOICE = CHUNK + "choices/items/properties/"
TYPED = "typed clients (openai-dotnet, go-openai, openai-java) fail to decode the chunk"
ROLE = ("choices", None, "delta", "role")
CALLS = ("choices", None, "delta", "tool_calls")
CALL = ("choices", None, "delta", "function_call")
REFUSAL = ("choices", None, "delta", "refusal")
LOGPROBS = ("choices", None, "logprobs")


def whole_stream(exchange: Exchange) -> ChatStream | None:
    """Read a chat stream that came to its end."""
    stream = chat_stream(exchange)
    return stream if stream and stream.chunks and ended(stream) else None


def chunked_stream(exchange: Exchange) -> ChatStream | None:
    """Read a chat stream with chunks in it."""
    stream = chat_stream(exchange)
    return stream if stream and stream.chunks else None


@check(
    "chat.stream.breaks-off",
    Level.MUST,
    Basis.SPEC,
    of=chat_stream,
    cite=sources.STREAMING,
    breaks=("every client: half an answer passes for a whole one",),
    remedy='Report what went wrong as `data: {"error": {…}}`, or break the connection; never end quietly.',
    evidence=("BerriAI/litellm#39748", "BerriAI/litellm#40578", "Bamboo#383"),
    requires=("sse.data-json",),
)
def breaks_off(stream: ChatStream) -> Iterator[Verdict]:
    """A stream that does not come to its end says so."""
    if stream.errors or ended(stream):
        return
    if is_recorded(stream.response) and not stream.response.stream.framing.terminated:
        yield Inconclusive("the recording may have been cut")
    else:
        last = stream.data[-1][:120] if stream.data else "no event at all"
        yield Problem("a finish_reason, [DONE], or an error", last, at=f"event {len(stream.data)}")


@check(
    "chat.stream.error-visible",
    Level.SHOULD,
    Basis.SDK,
    of=chat_stream,
    cite=sources.PYTHON_STREAMING,
    breaks=("openai-python: 'An error occurred during streaming', and nobody knows which",),
    remedy='Send `data: {"error": {"message": …, "type": …, "param": …, "code": …}}` and end the stream.',
    evidence=("BerriAI/litellm#39748",),
    requires=("errors.status-not-200",),
)
def error_visible(stream: ChatStream) -> Iterator[Verdict]:
    """An error in mid-stream is an event with an error object that says what happened."""
    for at, error in stream.errors:
        said = error.get("message") if isinstance(error, dict) else None
        if not isinstance(said, str) or not said:
            yield Problem("an error object with a message", error, at=f"event {at}")


@check(
    "chat.stream.done-terminator",
    Level.MUST,
    Basis.SPEC,
    of=whole_stream,
    cite=sources.STREAMING + ": terminated by a data: [DONE] message",
    breaks=("clients that wait for [DONE]: they hang until the connection closes, or report a cut stream",),
    remedy="End every stream that ends well with `data: [DONE]`.",
    evidence=("ikawrakow/ik_llama.cpp#467", "huggingface/text-generation-inference#1896", "mlc-ai/mlc-llm#1325"),
)
def done_terminator(stream: ChatStream) -> Iterator[Verdict]:
    """A stream that ends normally ends with `[DONE]`, sent once, and nothing after it."""
    if stream.done != [len(stream.data)]:
        seen = (
            f"[DONE] as event {', '.join(map(str, stream.done))} of {len(stream.data)}" if stream.done else "no [DONE]"
        )
        yield Problem("[DONE], once, last", seen, at=f"event {len(stream.data)}")


@check(
    "chat.stream.finish-terminal",
    Level.MUST,
    Basis.SPEC,
    of=whole_stream,
    cite=CHOICE + "finish_reason",
    breaks=("openai-python: .stream() returns finish_reason None", "clients that wait for it"),
    remedy="End each choice with a chunk that carries its finish_reason.",
    evidence=("openclaw#23013", "deepseek-ai/DeepSeek-V3#1608"),
    requires=("chat.stream.choices-key", "chat.stream.choice-index"),
)
def finish_terminal(stream: ChatStream) -> Iterator[Verdict]:
    """Every choice of a stream ends with a finish_reason."""
    for index, choice in stream.choices.items():
        if not choice.finishes:
            yield Problem("a finish_reason", ABSENT, at=f"choice {index}")
    if not stream.choices:
        yield Problem("a choice with a finish_reason", ABSENT, at="stream")


@check(
    "chat.stream.finish-once",
    Level.SHOULD,
    Basis.SPEC,
    of=whole_stream,
    cite=CHOICE + "finish_reason",
    breaks=("clients that act on the finish: they act twice",),
    remedy="Send one finish chunk a choice.",
    evidence=("hass_local_openai_llm#92",),
    requires=("chat.stream.choice-index",),
)
def finish_once(stream: ChatStream) -> Iterator[Verdict]:
    """Every choice of a stream has one finish_reason, not several."""
    for index, choice in stream.choices.items():
        if len(choice.finishes) > 1:
            yield Problem("one finish", choice.finishes[:4], at=f"choice {index}, event {choice.finishes[1][0]}")


@check(
    "chat.stream.finish-last",
    Level.SHOULD,
    Basis.SPEC,
    of=whole_stream,
    cite=CHOICE + "finish_reason",
    breaks=("clients that stop reading a choice at its finish: the rest of the text is lost",),
    remedy="Send what is left of the text before the finish chunk.",
    evidence=("hass_local_openai_llm#92", "BerriAI/litellm#8450"),
)
def finish_last(stream: ChatStream) -> Iterator[Verdict]:
    """Nothing of a choice comes after its finish."""
    for index, choice in stream.choices.items():
        later = [at for at in choice.seen if choice.finishes and at > choice.finishes[0][0]]
        repeated = {at for at, _ in choice.finishes}
        if any(at not in repeated for at in later):
            yield Problem("nothing after the finish", f"event {later[0]}", at=f"choice {index}")


@check(
    "chat.stream.finish-key",
    Level.MUST,
    Basis.SPEC,
    of=chunked_stream,
    cite=CHUNK.removesuffix("properties/") + "properties/choices/items/required",
    breaks=("JavaScript clients that test `finish_reason !== null`: undefined passes for the end",),
    remedy="Send `finish_reason: null` in every chunk before the last.",
    evidence=("huggingface/transformers serve 5.23 (recorded)",),
    requires=("chat.stream.finish-terminal",),
)
def finish_key(stream: ChatStream) -> Iterator[Verdict]:
    """Every choice of every chunk has the key finish_reason, null until the end."""
    for index, choice in stream.choices.items():
        if choice.without_finish_key:
            count = len(choice.without_finish_key)
            at = f"choice {index}, event {choice.without_finish_key[0]}"
            yield Problem("finish_reason: null", f"absent from {count} chunks", at=at)


@check(
    "chat.stream.finish-reason-enum",
    Level.MUST,
    Basis.SPEC,
    of=chunked_stream,
    cite=CHOICE + "finish_reason/enum",
    breaks=(TYPED,),
    remedy="Map the engine's own words to stop, length, tool_calls, content_filter or function_call.",
    evidence=("huggingface/text-generation-inference#2296", "vespa-engine/vespa#33327", "BerriAI/litellm#12481"),
)
def finish_reason_enum(stream: ChatStream) -> Iterator[Verdict]:
    """The finish_reason of a stream is one of the five that are documented, or null."""
    for index, choice in stream.choices.items():
        for at, reason in choice.finishes:
            yield from rules.finish_reason(reason, at=f"choice {index}, event {at}")


def limited_stream(exchange: Exchange) -> rules.Limited | None:
    """Read a whole chat stream of one choice under a token limit, with its usage."""
    stream = whole_stream(exchange)
    if stream is None or len(stream.choices) != 1:
        return None
    choice = next(iter(stream.choices.values()))
    return rules.limited(stream.asked, stream.usage, choice.finish_reason, choice.text)


@check(
    "chat.stream.finish-length",
    Level.MUST,
    Basis.SPEC,
    of=limited_stream,
    cite=CHOICE + "finish_reason: length if the maximum number of tokens was reached",
    breaks=("clients that continue cut answers: they take this one for whole",),
    remedy="Say length when the token limit ended the answer.",
    evidence=("mudler/LocalAI#3533", "inspect_ai#5143"),
)
def finish_length(limited: rules.Limited) -> Iterator[Verdict]:
    """A stream that the token limit cut says length."""
    yield from rules.cut_by_limit(limited)


@check(
    "chat.stream.role-first",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=chunked_stream,
    cite=sources.WIRE + ": the first delta of every choice has the role",
    breaks=("clients that begin a message when the role comes",),
    remedy='Begin every choice with `{"role": "assistant", "content": ""}`.',
    evidence=("tensorzero#1265", "langwatch#6196", "OmniRoute#3911"),
)
def role_first(stream: ChatStream) -> Iterator[Verdict]:
    """The first delta of every choice has the role."""
    for index, choice in stream.choices.items():
        if choice.first_delta is not None and choice.first_delta.get("role") is None:
            yield Problem("role: assistant", choice.first_delta, at=f"choice {index}, event {choice.first}")


@check(
    "chat.stream.role-once",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=chunked_stream,
    cite=sources.WIRE + ": the role comes once a choice",
    breaks=("clients that begin a new message at every role, or join roles to `assistantassistant`",),
    remedy="Send the role in the first delta of a choice only.",
    evidence=("ollama/ollama#7626", "MiniMax-AI/MiniMax-M2.5#2"),
)
def role_once(stream: ChatStream) -> Iterator[Verdict]:
    """The role comes once a choice."""
    for index, choice in stream.choices.items():
        if len(choice.roles) > 1:
            at = f"choice {index}, event {choice.roles[1][0]}"
            yield Problem("the role once", f"in {len(choice.roles)} chunks", at=at)


@check(
    "chat.stream.role-value",
    Level.MUST,
    Basis.SPEC,
    of=chunked_stream,
    cite=sources.spec("ChatCompletionStreamResponseDelta/properties/role/enum"),
    breaks=(TYPED, "clients that append the message to the conversation: the next request is refused"),
    remedy="Send assistant, or no role at all.",
    evidence=("ollama/ollama#7626", "MiniMax-AI/MiniMax-M2.5#2"),
)
def role_value(stream: ChatStream) -> Iterator[Verdict]:
    """The role in a delta is assistant, never empty."""
    for index, choice in stream.choices.items():
        wrong = [(at, role) for at, role in choice.roles if role != "assistant"]
        if wrong:
            yield Problem("assistant", wrong[0][1], at=f"choice {index}, event {wrong[0][0]}")


def _constant(stream: ChatStream, key: str) -> Iterator[Verdict]:
    values = [(at, value) for at, value in stream.distinct(key) if not isinstance(value, Absent)]
    if len(values) > 1:
        shown = ", ".join(str(value) for _, value in values[:3])
        yield Problem(f"one {key}", f"{len(values)} of them: {shown}", at=f"event {values[1][0]}")


def _each(stream: ChatStream, key: str, judge: Callable[[Any, str], Iterator[Verdict]]) -> Iterator[Verdict]:
    """Judge each distinct value of *key*, where it first stands."""
    for at, value in stream.distinct(key):
        yield from judge(value, f"event {at}, /{key}")


@check(
    "chat.stream.id-constant",
    Level.MUST,
    Basis.SPEC,
    of=chunked_stream,
    cite=CHUNK + "id: each chunk has the same ID",
    breaks=("clients that put chunks together by id: one answer becomes many",),
    remedy="Make the id once a request, not once a chunk.",
    evidence=(
        "microsoft/Foundry-Local#144",
        "BerriAI/litellm#1571",
        "ggml-org/llama.cpp#5876",
        "sgl-project/sglang#39864",
    ),
)
def id_constant(stream: ChatStream) -> Iterator[Verdict]:
    """Every chunk of a stream has the same id."""
    yield from _constant(stream, "id")


@check(
    "chat.stream.id-nonempty",
    Level.MUST,
    Basis.SPEC,
    of=chunked_stream,
    cite=CHUNK + "id",
    breaks=("logs and stores that key by id",),
    remedy="Make an id for every completion, as in chatcmpl-….",
    evidence=("huggingface/text-generation-inference#1782",),
)
def id_nonempty(stream: ChatStream) -> Iterator[Verdict]:
    """The id of a chunk is a string that is not empty."""
    yield from _each(stream, "id", lambda value, at: rules.nonempty_string({"id": value}, "id", at))


@check(
    "chat.stream.id-prefix",
    Level.MAY,
    Basis.DE_FACTO,
    of=chunked_stream,
    cite=sources.WIRE + " (all chat streams)",
    breaks=("clients that tell kinds of objects by the prefix of their ids",),
    remedy="Begin ids of chat completions with chatcmpl-.",
)
def id_prefix(stream: ChatStream) -> Iterator[Verdict]:
    """The id of a chunk begins with chatcmpl-."""
    first, chunk = stream.chunks[0]
    yield from rules.prefix(chunk.get("id"), "chatcmpl-", f"event {first}, /id")


@check(
    "chat.stream.created-constant",
    Level.MUST,
    Basis.SPEC,
    of=chunked_stream,
    cite=CHUNK + "created: each chunk has the same timestamp",
    breaks=("clients that put chunks together by id and time",),
    remedy="Take the time once a request.",
    evidence=("sgl-project/sglang#39864",),
)
def created_constant(stream: ChatStream) -> Iterator[Verdict]:
    """Every chunk of a stream has the same time of creation."""
    yield from _constant(stream, "created")


@check(
    "chat.stream.created-int-seconds",
    Level.MUST,
    Basis.SPEC,
    of=chunked_stream,
    cite=CHUNK + "created: Unix timestamp in seconds",
    breaks=(TYPED,),
    remedy="Send whole seconds since 1970.",
    evidence=("siyuan#14787", "BerriAI/litellm#11971", "OpenCursor#67"),
)
def created_int_seconds(stream: ChatStream) -> Iterator[Verdict]:
    """The time of creation is a whole number of seconds since 1970, about now."""
    yield from _each(stream, "created", lambda value, at: rules.created(value, stream.response, at))


@check(
    "chat.stream.model-constant",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=chunked_stream,
    cite=sources.WIRE + " (466 of 466 chat streams)",
    breaks=("price tables that take the model of the last chunk",),
    remedy="Name one model in all chunks, the usage chunk too.",
)
def model_constant(stream: ChatStream) -> Iterator[Verdict]:
    """Every chunk of a stream names the same model."""
    yield from _constant(stream, "model")


@check(
    "chat.stream.model-echo",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=chunked_stream,
    cite=sources.WIRE + ": the alias or its dated snapshot",
    breaks=("price tables and dashboards that key by model",),
    remedy="Answer with the name that was asked for, not with a path or the engine's own.",
    evidence=("parallax#440", "tensorzero#1338"),
    requires=("chat.stream.model-constant",),
)
def model_echo(stream: ChatStream) -> Iterator[Verdict]:
    """The model of a stream is the one that was asked for, or a version of it."""
    yield from rules.model_echo(stream.asked.get("model"), stream.chunks[0][1].get("model", ABSENT))


@check(
    "chat.stream.fingerprint-constant",
    Level.MAY,
    Basis.DE_FACTO,
    of=chunked_stream,
    cite=sources.WIRE + " (466 of 466 chat streams)",
    breaks=("nobody: those who watch for changes of the backend see one where there is none",),
    remedy="Send one system_fingerprint a stream.",
)
def fingerprint_constant(stream: ChatStream) -> Iterator[Verdict]:
    """Every chunk of a stream has the same system_fingerprint."""
    yield from _constant(stream, "system_fingerprint")


@check(
    "chat.stream.object",
    Level.MUST,
    Basis.SDK,
    of=chunked_stream,
    cite=CHUNK + "object; " + sources.PYTHON_ACCUMULATION,
    breaks=("openai-python: AssertionError in .stream()",),
    remedy="Set object to chat.completion.chunk in every chunk.",
)
def object_(stream: ChatStream) -> Iterator[Verdict]:
    """The object of a chunk is `chat.completion.chunk`."""
    for at, value in stream.distinct("object"):
        if value != "chat.completion.chunk":
            yield Problem("chat.completion.chunk", value, at=f"event {at}, /object")


@check(
    "chat.stream.choices-key",
    Level.MUST,
    Basis.SDK,
    of=chunked_stream,
    cite=CHUNK + "choices; " + sources.PYTHON_ACCUMULATION,
    breaks=("openai-python: TypeError: 'NoneType' object is not iterable",),
    remedy="Send `choices` in every chunk, empty if there is nothing in it.",
    evidence=("ROCm/ATOM#1711",),
)
def choices_key(stream: ChatStream) -> Iterator[Verdict]:
    """Every chunk has a list of choices."""
    for at, chunk in stream.chunks:
        if not isinstance(chunk.get("choices"), list) and not isinstance(chunk.get("usage"), dict):
            yield Problem("a list of choices", chunk.get("choices", ABSENT), at=f"event {at}, /choices")
            return


@check(
    "chat.stream.choice-index",
    Level.MUST,
    Basis.SDK,
    of=chunked_stream,
    cite=CHOICE + "index; " + sources.PYTHON_ACCUMULATION,
    breaks=("openai-python: IndexError in .stream()",),
    remedy="Number the choices from 0, in every chunk.",
    evidence=("microsoft/Foundry-Local#144",),
)
def choice_index(stream: ChatStream) -> Iterator[Verdict]:
    """The choices of a stream are numbered 0 to n - 1."""
    asked = stream.asked.get("n")
    n = asked if isinstance(asked, int) and asked > 1 else 1
    for choice in stream.choices.values():
        index = choice.index
        if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < n:
            yield Problem(f"0 to {n - 1}", ABSENT if index is None else index, at=f"event {choice.first}")


@check(
    "chat.stream.delta-present",
    Level.MUST,
    Basis.SDK,
    of=chunked_stream,
    cite=CHOICE + "delta; " + sources.PYTHON_ACCUMULATION,
    breaks=("openai-python: AttributeError: 'NoneType' object has no attribute 'content'",),
    remedy="Send `delta` in a stream, `{}` if there is nothing in it; `message` is for bodies.",
    evidence=("MCP-Bridge#48",),
)
def delta_present(stream: ChatStream) -> Iterator[Verdict]:
    """Every choice of every chunk has a delta object."""
    for index, choice in stream.choices.items():
        if choice.without_delta:
            at = f"choice {index}, event {choice.without_delta[0]}"
            yield Problem("a delta", f"none in {len(choice.without_delta)} chunks", at=at)


@check(
    "chat.stream.schema",
    Level.MUST,
    Basis.SPEC,
    of=chunked_stream,
    cite=sources.spec("CreateChatCompletionStreamResponse") + "; openai.types.chat.ChatCompletionChunk",
    breaks=(TYPED,),
    remedy="Send the field with the type of the contract, or leave it out.",
    requires=("chat.stream.choices-key", "chat.stream.delta-present", "usage.stream-choices-key"),
)
def schema(stream: ChatStream) -> Iterator[Verdict]:
    """A chunk fits the types of the official SDK, strictly."""
    for at, departure in stream.departures:
        if not rules.is_named(departure.path, ROLE, CALLS, CALL, REFUSAL, LOGPROBS):
            yield Problem(departure.expected, departure.actual, at=f"event {at}, {departure.pointer}")


MANY_TOKENS = 8
"""Tokens from which on an answer is expected in more than one piece."""
BYTES_PER_TOKEN = 3
"""Fewer than most tokens have."""


@check(
    "chat.stream.chunked",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=whole_stream,
    cite=sources.STREAMING,
    breaks=("everybody who watches the answer appear: it comes at once, at the end",),
    remedy="Stream from the engine; do not cut a finished answer into one chunk.",
    evidence=("codelion/optillm 0.4.0 (recorded)",),
)
def chunked(stream: ChatStream) -> Iterator[Verdict]:
    """The text of a stream comes in pieces."""
    for index, choice in stream.choices.items():
        tokens = max(
            len(choice.text.split()),
            min(_cut_at(stream, choice), len(choice.text.encode("utf-8", "replace")) // BYTES_PER_TOKEN),
        )
        if len(choice.pieces) == 1 and tokens >= MANY_TOKENS:
            at = f"choice {index}, event {choice.last_piece}"
            yield Problem("several deltas", f"{tokens} tokens or more in one delta", at=at)


def _cut_at(stream: ChatStream, choice: StreamedChoice) -> int:
    """Return the token limit at which a choice was cut; 0 where it was not."""
    return rules.cap(stream.asked) or 0 if choice.finish_reason == "length" else 0


@check(
    "chat.stream.utf8-intact",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=chunked_stream,
    cite=sources.JSON + ", section 8",
    breaks=("people: � in the middle of words and emoji",),
    remedy="Hold back the bytes of a character until it is complete.",
    evidence=("aprender#2019", "aisix#111"),
    requires=("sse.utf8",),
)
def utf8_intact(stream: ChatStream) -> Iterator[Verdict]:
    """The text of a stream has no broken characters."""
    prompt = str(stream.asked.get("messages"))
    for index, choice in stream.choices.items():
        for piece in choice.pieces:
            found = list(rules.intact(piece, prompt, at=f"choice {index}"))
            if found:
                yield from found
                break
