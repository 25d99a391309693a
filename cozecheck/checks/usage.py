"""Checks: the tokens that an answer says it cost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cozecheck.checks import rules
from cozecheck.checks.registry import check, relation
from cozecheck.contract import sources
from cozecheck.contract.parameters import is_number
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views import answers
from cozecheck.views.chat import ChatBody, chat_body
from cozecheck.views.chat_stream import ChatStream, chat_stream, ended, usage_stream
from cozecheck.views.requests import WORDS_PER_TOKEN, asked_chat

BILLS = "bills, budgets and rate limits that count tokens"


@dataclass(frozen=True, slots=True)
class Counted:
    """A usage object, where it stands, and whether text was sent, and came."""

    usage: Mapping[str, Any]
    at: str
    has_prompt: bool
    has_text: bool


def counted(exchange: Exchange) -> Counted | None:
    """Read the usage of a chat completion."""
    body, stream, asked = chat_body(exchange), chat_stream(exchange), asked_chat(exchange)
    has_prompt = bool(asked and asked.words)
    if body and isinstance(body.value.get("usage"), dict):
        return Counted(body.usage, "/usage", has_prompt, any(text.strip() for _, text in body.texts()))
    if stream and stream.usages:
        at = f"event {stream.usages[-1][0]}, /usage"
        return Counted(stream.usage, at, has_prompt, any(choice.text.strip() for choice in stream.choices.values()))
    return None


@check(
    "usage.present",
    Level.SHOULD,
    Basis.SPEC,
    of=chat_body,
    cite=sources.spec(sources.BODY + "usage"),
    breaks=(BILLS,),
    remedy="Count the tokens and send `usage` with every body.",
)
def present(body: ChatBody) -> Iterator[Verdict]:
    """A chat completion says what it cost."""
    if not isinstance(body.value.get("usage"), dict):
        yield Problem("usage", body.value.get("usage", ABSENT), at="/usage")


@check(
    "usage.counts",
    Level.MUST,
    Basis.SPEC,
    of=counted,
    cite=sources.USAGE,
    breaks=(BILLS, "typed clients"),
    remedy="Send whole numbers.",
)
def counts(it: Counted) -> Iterator[Verdict]:
    """The counts of usage are whole numbers, 0 or more."""
    yield from rules.counts(it.usage, it.at)


@check(
    "usage.arithmetic",
    Level.MUST,
    Basis.SPEC,
    of=counted,
    cite=sources.USAGE + "/properties/total_tokens: prompt + completion",
    breaks=(BILLS,),
    remedy="Add the two up; over all choices, once.",
    evidence=("vllm-project/vllm#8625", "vllm-project/vllm#9028", "open-webui#29064"),
    requires=("usage.counts",),
)
def arithmetic(it: Counted) -> Iterator[Verdict]:
    """total_tokens is prompt_tokens plus completion_tokens."""
    yield from rules.total(it.usage, it.at)


@check(
    "usage.positive",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=counted,
    cite=sources.WIRE,
    breaks=(BILLS,),
    remedy="Count for real; leave usage out where you can't.",
    evidence=("open-webui#29064",),
    requires=("usage.counts",),
)
def positive(it: Counted) -> Iterator[Verdict]:
    """A prompt costs tokens, and so does a text."""
    if it.has_prompt and it.usage["prompt_tokens"] == 0:
        yield Problem("more than 0", 0, at=f"{it.at}/prompt_tokens")
    if it.has_text and it.usage["completion_tokens"] == 0:
        yield Problem("more than 0", 0, at=f"{it.at}/completion_tokens")


PARTS = (
    ("prompt_tokens", "prompt_tokens_details", "cached_tokens"),
    ("completion_tokens", "completion_tokens_details", "reasoning_tokens"),
)


@check(
    "usage.details",
    Level.SHOULD,
    Basis.SPEC,
    of=counted,
    cite=sources.USAGE + "/properties/prompt_tokens_details",
    breaks=(BILLS + ": cached tokens are cheaper",),
    remedy="Count cached tokens within the prompt, and reasoning within the completion.",
    requires=("usage.counts",),
)
def details(it: Counted) -> Iterator[Verdict]:
    """Cached tokens are part of the prompt, reasoning tokens part of the completion."""
    for whole, group, part in PARTS:
        parts = it.usage.get(group)
        value = parts.get(part) if isinstance(parts, dict) else None
        if is_number(value) and value > it.usage[whole]:
            yield Problem(f"at most {it.usage[whole]}", value, at=f"{it.at}/{group}/{part}")


@relation(
    "usage.plausible",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario="usage.lengths",
    cite=sources.USAGE + "/properties/prompt_tokens",
    breaks=(BILLS,),
    remedy="Count the tokens of this prompt, not of some prompt.",
    evidence=("fatwang2/coze2openai app.js (usage 100/10/110)",),
)
def plausible(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A much longer prompt counts more tokens."""
    asked = [asked_chat(run[name]) for name in ("short", "long") if name in run]
    words = [each.words for each in asked if each]
    short, long = (_prompt_tokens(run.get(name)) for name in ("short", "long"))
    if not short or not long or len(words) < 2:
        yield Inconclusive("no usage on both answers")
    elif (long - short) * WORDS_PER_TOKEN < words[1] - words[0]:
        more = words[1] - words[0]
        yield Problem(f"many more than {short}, for {more} words more", long, at="/usage/prompt_tokens")


def _prompt_tokens(exchange: Exchange | None) -> int | None:
    tokens = answers.usage(exchange).get("prompt_tokens") if exchange else None
    return tokens if isinstance(tokens, int) else None


@relation(
    "usage.stream-parity",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario="usage.parity",
    cite=sources.WIRE + ": prompt_tokens agree in 1,858 of 1,859 pairs",
    breaks=(BILLS,),
    remedy="Count in one place, for bodies and streams alike.",
    evidence=("vllm-project/vllm#9357", "open-webui#29064"),
)
def stream_parity(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A stream counts the same prompt as a body does."""
    body, stream = (_prompt_tokens(run.get(name)) for name in ("body", "stream"))
    if body is None or stream is None:
        yield Inconclusive("no usage on both answers")
    elif body != stream:
        yield Problem(f"{body}, as in the body", stream, at="/usage/prompt_tokens")


@check(
    "usage.stream-included",
    Level.MUST,
    Basis.SPEC,
    of=usage_stream,
    cite=sources.INCLUDE_USAGE,
    breaks=(BILLS + ": a stream costs nothing",),
    remedy="Send one more chunk, with `choices: []` and the usage, before [DONE].",
    evidence=("vllm-swift#19", "janhq/cortex.llamacpp#265"),
)
def stream_included(stream: ChatStream) -> Iterator[Verdict]:
    """A stream that is asked for its usage sends it."""
    if not stream.usages:
        yield Problem("a chunk with usage", ABSENT, at="stream")


def plain_stream(exchange: Exchange) -> ChatStream | None:
    """Read a whole chat stream that was not asked for its usage."""
    stream = chat_stream(exchange)
    return stream if stream and stream.asked and not stream.asks_usage and ended(stream) else None


@check(
    "usage.stream-unrequested",
    Level.SHOULD,
    Basis.SPEC,
    of=plain_stream,
    cite=sources.spec(sources.CHUNK + "choices") + ": empty only with include_usage",
    breaks=("clients that take choices[0] of every chunk: IndexError",),
    remedy="Send usage only where stream_options.include_usage is true.",
    evidence=("apfel#100",),
)
def stream_unrequested(stream: ChatStream) -> Iterator[Verdict]:
    """A stream that is not asked for its usage does not send it."""
    if stream.usages:
        yield Problem("no usage", stream.usages[0][1]["usage"], at=f"event {stream.usages[0][0]}, /usage")


@check(
    "usage.stream-choices-key",
    Level.MUST,
    Basis.SDK,
    of=usage_stream,
    cite=sources.INCLUDE_USAGE + "; " + sources.PYTHON_ACCUMULATION,
    breaks=("openai-python: TypeError: 'NoneType' object is not iterable",),
    remedy="Send `choices: []` in the usage chunk.",
    evidence=("ROCm/ATOM#1711",),
)
def stream_choices_key(stream: ChatStream) -> Iterator[Verdict]:
    """The usage chunk has the key choices."""
    for at, chunk in stream.usages:
        if not isinstance(chunk.get("choices"), list):
            yield Problem("choices: []", chunk.get("choices", ABSENT), at=f"event {at}, /choices")


@check(
    "usage.stream-empty-choices",
    Level.MUST,
    Basis.SPEC,
    of=usage_stream,
    cite=sources.INCLUDE_USAGE + ": the choices field will always be an empty array",
    breaks=("clients that look for the usage chunk by its empty choices",),
    remedy="Send the usage in a chunk of its own, after the last choice.",
    evidence=("ggml-org/llama.cpp#15443", "huggingface/text-generation-inference#3003"),
    requires=("usage.stream-choices-key", "usage.stream-once"),
)
def stream_empty_choices(stream: ChatStream) -> Iterator[Verdict]:
    """Usage comes in a chunk of its own, with empty choices."""
    for at, chunk in stream.usages[-1:]:
        if chunk["choices"]:
            yield Problem("choices: []", chunk["choices"], at=f"event {at}, /choices")


@check(
    "usage.stream-once",
    Level.SHOULD,
    Basis.SPEC,
    of=usage_stream,
    cite=sources.INCLUDE_USAGE,
    breaks=("clients that add usages up: the answer costs many times as much",),
    remedy="Send usage once, at the end.",
    evidence=("vllm-project/vllm#9028",),
)
def stream_once(stream: ChatStream) -> Iterator[Verdict]:
    """Usage comes once in a stream."""
    if len(stream.usages) > 1:
        yield Problem("one usage", f"{len(stream.usages)} of them", at=f"event {stream.usages[0][0]}")


@check(
    "usage.stream-null-elsewhere",
    Level.SHOULD,
    Basis.SPEC,
    of=usage_stream,
    cite=sources.INCLUDE_USAGE + ": all other chunks will also include a usage field, but with a null value",
    breaks=("nobody we know of: clients that read chunk.usage where the key is not",),
    remedy="Send `usage: null` in the other chunks.",
    requires=("usage.stream-included", "usage.stream-once"),
)
def stream_null_elsewhere(stream: ChatStream) -> Iterator[Verdict]:
    """The other chunks of a stream that is asked for its usage carry `usage: null`."""
    without = [at for at, chunk in stream.chunks if "usage" not in chunk]
    if without:
        yield Problem("usage: null", f"absent from {len(without)} chunks", at=f"event {without[0]}")


@check(
    "usage.stream-last",
    Level.SHOULD,
    Basis.SPEC,
    of=usage_stream,
    cite=sources.INCLUDE_USAGE + ": streamed before the data: [DONE] message",
    breaks=("clients that stop at the usage chunk: the rest of the text is lost",),
    remedy="Send the usage after every choice has finished.",
    requires=("usage.stream-once", "usage.stream-choices-key", "usage.stream-empty-choices"),
)
def stream_last(stream: ChatStream) -> Iterator[Verdict]:
    """The usage comes after all choices."""
    finishes = [choice.finishes[-1][0] for choice in stream.choices.values() if choice.finishes]
    for at, _ in stream.usages:
        if finishes and at < max(finishes):
            yield Problem(f"after event {max(finishes)}", f"event {at}", at=f"event {at}")
