"""Checks: a chat completion sent as one body."""

from collections.abc import Iterator, Mapping
from typing import Any

from cozecheck.checks import rules
from cozecheck.checks.registry import check, relation
from cozecheck.contract import sources
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.chat import ChatBody, chat_body

BODY = sources.spec(sources.BODY)
CHOICE = BODY + "choices/items/properties/"
MESSAGE = sources.spec("ChatCompletionResponseMessage")
TYPED = "typed clients (openai-dotnet, go-openai, openai-java) fail to decode the answer"
ROLE = ("choices", None, "message", "role")
ANNOTATION = ("choices", None, "message", "annotations", None, "type")
CALLS = ("choices", None, "message", "tool_calls")
CALL = ("choices", None, "message", "function_call")
REFUSAL = ("choices", None, "message", "refusal")
LOGPROBS = ("choices", None, "logprobs")


@check(
    "chat.schema",
    Level.MUST,
    Basis.SPEC,
    of=chat_body,
    cite=sources.spec("CreateChatCompletionResponse") + "; openai.types.chat.ChatCompletion",
    breaks=(TYPED,),
    remedy="Send the field with the type of the contract, or leave it out.",
    requires=("chat.choices-present", "chat.message-present"),
)
def schema(body: ChatBody) -> Iterator[Verdict]:
    """A chat completion fits the types of the official SDK, strictly."""
    for departure in body.departures:
        if not rules.is_named(departure.path, ROLE, ANNOTATION, CALLS, CALL, REFUSAL, LOGPROBS):
            yield Problem(departure.expected, departure.actual, at=departure.pointer)


@check(
    "chat.object",
    Level.MUST,
    Basis.SPEC,
    of=chat_body,
    cite=BODY + "object",
    breaks=("clients that dispatch on `object`",),
    remedy="Set object to chat.completion.",
)
def object_(body: ChatBody) -> Iterator[Verdict]:
    """The object of a chat completion is `chat.completion`."""
    if body.value.get("object") != "chat.completion":
        yield Problem("chat.completion", body.value.get("object", ABSENT), at="/object")


@check(
    "chat.id-nonempty",
    Level.MUST,
    Basis.SPEC,
    of=chat_body,
    cite=BODY + "id",
    breaks=("logs and stores that key by id",),
    remedy="Make an id for every completion, as in chatcmpl-….",
    evidence=("huggingface/text-generation-inference#1782",),
)
def id_nonempty(body: ChatBody) -> Iterator[Verdict]:
    """The id of a chat completion is a string that is not empty."""
    yield from rules.nonempty_string(body.value, "id")


@check(
    "chat.id-prefix",
    Level.MAY,
    Basis.DE_FACTO,
    of=chat_body,
    cite=sources.WIRE + " (all chat completions)",
    breaks=("clients that tell kinds of objects by the prefix of their ids",),
    remedy="Begin ids of chat completions with chatcmpl-.",
)
def id_prefix(body: ChatBody) -> Iterator[Verdict]:
    """The id of a chat completion begins with chatcmpl-."""
    yield from rules.prefix(body.value.get("id"), "chatcmpl-", "/id")


@relation(
    "chat.id-unique",
    Level.MUST,
    Basis.SPEC,
    scenario="chat.twice",
    cite=BODY + "id: a unique identifier",
    breaks=("stores that key by id: one answer overwrites another",),
    remedy="Make the id from a random source, anew for every request.",
)
def id_unique(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """Two chat completions have two ids."""
    ids = [body.value.get("id") for body in map(chat_body, run.values()) if body]
    if len(ids) < 2 or not all(ids):
        yield Inconclusive("no two answers with ids")
    elif ids[0] == ids[1]:
        yield Problem("two ids", f"{ids[0]} twice", at="/id")


@check(
    "chat.created-int-seconds",
    Level.MUST,
    Basis.SPEC,
    of=chat_body,
    cite=BODY + "created: Unix timestamp in seconds",
    breaks=(TYPED, "dates in the year 57,000"),
    remedy="Send whole seconds since 1970.",
    evidence=("siyuan#14787", "BerriAI/litellm#11971", "spiceai#5418", "axonhub#2187"),
)
def created_int_seconds(body: ChatBody) -> Iterator[Verdict]:
    """The time of creation is a whole number of seconds since 1970, about now."""
    yield from rules.created(body.value.get("created", ABSENT), body.response)


@check(
    "chat.model-echo",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=chat_body,
    cite=sources.WIRE + ": the alias or its dated snapshot",
    breaks=("price tables and dashboards that key by model",),
    remedy="Answer with the name that was asked for, not with a path or the engine's own.",
    evidence=("parallax#440", "tensorzero#1338", "BerriAI/litellm#2079"),
)
def model_echo(body: ChatBody) -> Iterator[Verdict]:
    """The model of an answer is the one that was asked for, or a version of it."""
    yield from rules.model_echo(body.asked.get("model"), body.value.get("model", ABSENT))


@check(
    "chat.choices-present",
    Level.MUST,
    Basis.SPEC,
    of=chat_body,
    cite=BODY + "choices",
    breaks=("every client: choices[0] raises IndexError or TypeError",),
    remedy="Send at least one choice; if there is none, it is an error.",
    evidence=("lmstudio#2322", "ggml-org/llama.cpp#14566"),
)
def choices_present(body: ChatBody) -> Iterator[Verdict]:
    """A chat completion has a list of choices that is not empty."""
    choices = body.value.get("choices", ABSENT)
    if choices == [] and body.asked.get("n") == 0:
        return
    if not isinstance(choices, list) or not choices or not body.choices:
        yield Problem("a list of choices", choices, at="/choices")


@check(
    "chat.choice-index",
    Level.MUST,
    Basis.SPEC,
    of=chat_body,
    cite=CHOICE + "index",
    breaks=("clients that put n choices in order",),
    remedy="Number the choices from 0.",
    evidence=("microsoft/Foundry-Local#144",),
    requires=("chat.choices-present",),
)
def choice_index(body: ChatBody) -> Iterator[Verdict]:
    """The choices are numbered 0 to n - 1."""
    indices = [choice.get("index", ABSENT) for choice in body.choices]
    whole = all(isinstance(index, int) and not isinstance(index, bool) for index in indices)
    if not whole or sorted(indices) != list(range(len(indices))):
        yield Problem(f"0 to {len(indices) - 1}", indices, at="/choices")


@check(
    "chat.message-present",
    Level.MUST,
    Basis.SDK,
    of=chat_body,
    cite=CHOICE + "message",
    breaks=("openai-python: AttributeError: 'NoneType' object has no attribute 'content'",),
    remedy="Send `message` in a body; `delta` is for streams.",
    evidence=("MCP-Bridge#48",),
    requires=("chat.choices-present",),
)
def message_present(body: ChatBody) -> Iterator[Verdict]:
    """Every choice has a message object."""
    for place, choice in enumerate(body.choices):
        if not isinstance(choice.get("message"), dict):
            yield Problem("a message", f"a choice with {', '.join(sorted(choice))}", at=f"/choices/{place}/message")


@check(
    "chat.message-role",
    Level.MUST,
    Basis.SPEC,
    of=chat_body,
    cite=MESSAGE + "/properties/role",
    breaks=("clients that append the message to the conversation: the next request is refused",),
    remedy="Set role to assistant.",
)
def message_role(body: ChatBody) -> Iterator[Verdict]:
    """The role of an answer is assistant."""
    for pointer, message in body.messages:
        if message.get("role") != "assistant":
            yield Problem("assistant", message.get("role", ABSENT), at=f"{pointer}/role")


@check(
    "chat.content-key",
    Level.SHOULD,
    Basis.SPEC,
    of=chat_body,
    cite=MESSAGE + "/required",
    breaks=("clients outside Python: content is undefined, not null",),
    remedy="Send `content`, null where there is no text.",
)
def content_key(body: ChatBody) -> Iterator[Verdict]:
    """A message has the key content."""
    for pointer, message in body.messages:
        if "content" not in message:
            yield Problem("content", ABSENT, at=f"{pointer}/content")


BESIDE_NULL = ("tool_calls", "function_call", "refusal", "audio", "images", "reasoning_content", "reasoning")
"""What may stand in a message instead of content."""


@check(
    "chat.content-null",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=chat_body,
    cite=sources.WIRE + ": null beside tool_calls, function_call, refusal or audio only",
    breaks=("clients that take the text without a look: `None.strip()`",),
    remedy='Send "" for an answer without words.',
)
def content_null(body: ChatBody) -> Iterator[Verdict]:
    """Content is null only beside tool calls, a refusal or audio."""
    for pointer, message in body.messages:
        if "content" in message and message["content"] is None and not any(message.get(key) for key in BESIDE_NULL):
            yield Problem("text", None, at=f"{pointer}/content")


@check(
    "chat.finish-reason-present",
    Level.MUST,
    Basis.SPEC,
    of=chat_body,
    cite=CHOICE + "finish_reason",
    breaks=("clients that ask why the answer ended: cut answers pass for whole ones",),
    remedy="Set finish_reason on every choice.",
    evidence=("openclaw#23013", "deepseek-ai/DeepSeek-V3#1608"),
)
def finish_reason_present(body: ChatBody) -> Iterator[Verdict]:
    """Every choice says why it ended."""
    # gpt-4-vision-preview, in 2023, said it in finish_details.
    for place, choice in enumerate(body.choices):
        if choice.get("finish_reason") is None and not isinstance(choice.get("finish_details"), dict):
            yield Problem("a finish_reason", choice.get("finish_reason", ABSENT), at=f"/choices/{place}/finish_reason")


@check(
    "chat.finish-reason-enum",
    Level.MUST,
    Basis.SPEC,
    of=chat_body,
    cite=CHOICE + "finish_reason/enum",
    breaks=(TYPED,),
    remedy="Map the engine's own words to stop, length, tool_calls, content_filter or function_call.",
    evidence=(
        "huggingface/text-generation-inference#2296",
        "togethercomputer/together-python#239",
        "BerriAI/litellm#12481",
    ),
)
def finish_reason_enum(body: ChatBody) -> Iterator[Verdict]:
    """The finish_reason is one of the five that are documented."""
    for place, choice in enumerate(body.choices):
        yield from rules.finish_reason(choice.get("finish_reason"), at=f"/choices/{place}/finish_reason")


def limited_body(exchange: Exchange) -> rules.Limited | None:
    """Read a chat completion of one choice under a token limit."""
    body = chat_body(exchange)
    if body is None or len(body.choices) != 1:
        return None
    text = next((text for _, text in body.texts()), "")
    return rules.limited(body.asked, body.usage, body.choices[0].get("finish_reason"), text)


@check(
    "chat.finish-length",
    Level.MUST,
    Basis.SPEC,
    of=limited_body,
    cite=CHOICE + "finish_reason: length if the maximum number of tokens was reached",
    breaks=("clients that continue cut answers: they take this one for whole",),
    remedy="Say length when the token limit ended the answer.",
    evidence=("mudler/LocalAI#3533", "inspect_ai#5143", "llm-d-inference-sim#29"),
)
def finish_length(limited: rules.Limited) -> Iterator[Verdict]:
    """An answer that the token limit cut says length."""
    yield from rules.cut_by_limit(limited)


@check(
    "chat.refusal-key",
    Level.MAY,
    Basis.SPEC,
    of=chat_body,
    cite=MESSAGE + "/required",
    breaks=("strictly typed clients only; the official SDKs survive it",),
    remedy="Send `refusal: null`.",
)
def refusal_key(body: ChatBody) -> Iterator[Verdict]:
    """A message has the key refusal."""
    for pointer, message in body.messages:
        if "refusal" not in message:
            yield Problem("refusal", ABSENT, at=f"{pointer}/refusal")


@check(
    "chat.logprobs-key",
    Level.MAY,
    Basis.SPEC,
    of=chat_body,
    cite=CHOICE.removesuffix("properties/") + "required",
    breaks=("strictly typed clients only; OpenAI's own reasoning models leave it out too",),
    remedy="Send `logprobs: null`.",
)
def logprobs_key(body: ChatBody) -> Iterator[Verdict]:
    """A choice has the key logprobs."""
    for place, choice in enumerate(body.choices):
        if "logprobs" not in choice:
            yield Problem("logprobs", ABSENT, at=f"/choices/{place}/logprobs")


@check(
    "chat.utf8-intact",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=chat_body,
    cite=sources.JSON + ", section 8",
    breaks=("people: � in the middle of words and emoji",),
    remedy="Decode tokens to text only where a character is complete.",
    evidence=("aprender#2019", "aisix#111"),
)
def utf8_intact(body: ChatBody) -> Iterator[Verdict]:
    """The text has no broken characters."""
    for pointer, text in body.texts():
        yield from rules.intact(text, _asked_text(body.asked), at=pointer)


def _asked_text(asked: Mapping[str, Any]) -> str:
    return str(asked.get("messages"))
