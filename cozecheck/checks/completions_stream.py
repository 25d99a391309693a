"""Checks: completions of prompts, sent as a stream."""

from collections.abc import Iterator, Mapping

from cozecheck.checks import rules
from cozecheck.checks.registry import check, relation
from cozecheck.contract import sources
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.chat_stream import ended
from cozecheck.views.completions import CompletionStream, Written, completion_stream, written
from cozecheck.views.support import lacking

TYPED = "typed clients (openai-dotnet, openai-go, openai-java) fail to decode the chunk"
BILLS = "bills, budgets and rate limits that count tokens"
NAMED = (("usage",), ("choices", None, "finish_reason"))
"""Places of which another check speaks; None stands for any position."""


@check(
    "completions.stream.schema",
    Level.MUST,
    Basis.SPEC,
    of=completion_stream,
    cite=sources.COMPLETION + "; openai.types.Completion",
    breaks=(TYPED,),
    remedy="Send every chunk as a whole completion: id, object text_completion, created, model, choices with text.",
    evidence=("BerriAI/litellm 1.106 (recorded)",),
)
def schema(stream: CompletionStream) -> Iterator[Verdict]:
    """The chunks of a completion fit the types of the official SDK, strictly."""
    for at, departure in stream.departures:
        if not rules.within(departure.path, *NAMED):
            yield Problem(departure.expected, departure.actual, at=f"event {at}, {departure.pointer}")


@check(
    "completions.stream.id-constant",
    Level.MUST,
    Basis.SPEC,
    of=completion_stream,
    cite=sources.COMPLETION + "/properties/id",
    breaks=("clients that put chunks together by id",),
    remedy="Make the id once, for all chunks of an answer.",
    requires=("completions.stream.schema",),
)
def id_constant(stream: CompletionStream) -> Iterator[Verdict]:
    """All chunks of a completion have one id, one model and one time of creation."""
    for key in ("id", "model", "created"):
        values = stream.distinct(key)
        if len(values) > 1:
            yield Problem(str(values[0][1]), values[1][1], at=f"event {values[1][0]}, /{key}")


def whole_stream(exchange: Exchange) -> CompletionStream | None:
    """Read a stream of completions that came to its end."""
    stream = completion_stream(exchange)
    return stream if stream and ended(stream) else None


@check(
    "completions.stream.done-terminator",
    Level.MUST,
    Basis.SPEC,
    of=whole_stream,
    cite=sources.COMPLETION_REQUEST + "stream: terminated by a data: [DONE] message",
    breaks=("clients that read until [DONE]: they wait, or take the stream for broken",),
    remedy="End the stream with `data: [DONE]`, once.",
    evidence=("huggingface/transformers 5.23 serve (recorded)",),
)
def done_terminator(stream: CompletionStream) -> Iterator[Verdict]:
    """A stream of completions ends with `[DONE]`, sent once, and nothing after it."""
    if stream.done != [len(stream.data)]:
        yield Problem("[DONE], once, last", stream.data[-2:], at=f"event {len(stream.data)}")


@check(
    "completions.stream.finish",
    Level.MUST,
    Basis.SPEC,
    of=whole_stream,
    cite=sources.COMPLETION_CHOICE + "finish_reason",
    breaks=("clients that ask why the text ended: cut texts pass for whole ones",),
    remedy="Send a finish_reason, once, with the last chunk of every choice.",
    requires=("completions.stream.schema",),
)
def finish(stream: CompletionStream) -> Iterator[Verdict]:
    """Every choice of a stream ends with one finish_reason: stop, length or content_filter."""
    counting = {at for at, _ in stream.usages}
    for choice in stream.choices.values():
        reasons = [reason for _, reason in choice.finishes]
        seen = [at for at in choice.seen if at not in counting]
        if len(reasons) != 1 or reasons[0] not in ("stop", "length", "content_filter"):
            yield Problem("one of stop, length, content_filter", reasons, at=f"choice {choice.index}")
        elif seen and seen[-1] > choice.finishes[0][0]:
            yield Problem("nothing after it", f"event {seen[-1]}", at=f"event {choice.finishes[0][0]}")


@check(
    "completions.stream.finish-null",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=whole_stream,
    cite=sources.WIRE + ": null in every chunk but the last",
    breaks=("clients outside Python: undefined is not null",),
    remedy="Send `finish_reason: null` until the choice ends.",
    evidence=("huggingface/transformers 5.23 serve (recorded)",),
    requires=("completions.stream.schema",),
)
def finish_null(stream: CompletionStream) -> Iterator[Verdict]:
    """The finish_reason is there in every chunk, null until the choice ends."""
    for choice in stream.choices.values():
        if choice.without_finish_key:
            yield Problem("finish_reason: null", ABSENT, at=f"event {choice.without_finish_key[0]}")


def counted_stream(exchange: Exchange) -> CompletionStream | None:
    """Read a whole stream of completions that was asked for its usage."""
    stream = whole_stream(exchange)
    return stream if stream and stream.asks_usage else None


@check(
    "completions.stream.usage-included",
    Level.MUST,
    Basis.SPEC,
    of=counted_stream,
    cite=sources.INCLUDE_USAGE,
    breaks=(BILLS + ": a stream costs nothing",),
    remedy="Send one more chunk, with `choices: []` and the usage, before [DONE].",
    evidence=("abetlen/llama-cpp-python 0.3.36 (recorded)",),
)
def usage_included(stream: CompletionStream) -> Iterator[Verdict]:
    """A stream of completions that is asked for its usage sends it."""
    if not stream.usages:
        yield Problem("a chunk with usage", ABSENT, at="stream")


@check(
    "completions.stream.usage-alone",
    Level.MUST,
    Basis.SPEC,
    of=counted_stream,
    cite=sources.INCLUDE_USAGE + ": the choices field will always be an empty array",
    breaks=("clients that look for the usage chunk by its empty choices",),
    remedy="Send the usage once, in a chunk of its own, after the last choice.",
    evidence=("BerriAI/litellm 1.106 (recorded)", "huggingface/transformers 5.23 serve (recorded)"),
    requires=("completions.stream.usage-included",),
)
def usage_alone(stream: CompletionStream) -> Iterator[Verdict]:
    """The usage comes once, in the last chunk, which has no choices, and adds up."""
    at, chunk = stream.usages[-1]
    if chunk.get("choices") != []:
        yield Problem("choices: []", chunk.get("choices", ABSENT), at=f"event {at}, /choices")
    elif len(stream.usages) > 1 or chunk is not stream.chunks[-1][1]:
        yield Problem("one usage, at the end", f"{len(stream.usages)}, the last in event {at}", at=f"event {at}")
    else:
        counted = {"completion_tokens": 0, **chunk["usage"]}
        problems = list(rules.counts(counted, f"event {at}, /usage"))
        yield from problems or rules.total(counted, f"event {at}, /usage")


def uncounted_stream(exchange: Exchange) -> CompletionStream | None:
    """Read a whole stream of completions that was not asked for its usage."""
    stream = whole_stream(exchange)
    return stream if stream and stream.asked and not stream.asks_usage else None


@check(
    "completions.stream.usage-unrequested",
    Level.SHOULD,
    Basis.SPEC,
    of=uncounted_stream,
    cite=sources.INCLUDE_USAGE,
    breaks=("clients that take choices[0] of every chunk: IndexError",),
    remedy="Send usage only where stream_options.include_usage is true.",
)
def usage_unrequested(stream: CompletionStream) -> Iterator[Verdict]:
    """A stream of completions that is not asked for its usage does not send it."""
    if stream.usages:
        yield Problem("no usage", stream.usages[0][1]["usage"], at=f"event {stream.usages[0][0]}, /usage")


def twice(run: Mapping[str, Exchange], first: str, second: str) -> Written | None:
    """Return what was said twice in the same words; None where it was not."""
    one, other = (written(run[name]) if name in run else None for name in (first, second))
    return one if one and other and one.texts and one.texts == other.texts else None


@relation(
    "completions.stream.parity",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario="completions.plain",
    cite=sources.spec("CreateCompletionRequest/properties/stream"),
    breaks=("applications, once streaming is turned on: words are lost or doubled",),
    remedy="Send every piece of the text once, in order.",
)
def parity(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A stream says what a body says, at temperature 0."""
    lack = lacking(run.get("body"), "POST /completions")
    if lack:
        yield lack
        return
    body, stream = twice(run, "body", "again"), twice(run, "stream", "counted")
    if body is None or stream is None:
        yield Inconclusive("no two bodies that agree, and two streams")
    elif stream.texts != body.texts:
        yield Problem(str(body.texts)[:160], str(stream.texts)[:160], at="stream")


@relation(
    "completions.stream.usage-parity",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario="completions.plain",
    cite=sources.WIRE + ": prompt_tokens agree in 1,858 of 1,859 pairs",
    breaks=(BILLS,),
    remedy="Count in one place, for bodies and streams alike.",
)
def usage_parity(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A stream counts the same tokens as a body: of the prompt, and of the same text."""
    told = (written(run[name]) if name in run else None for name in ("body", "again", "counted"))
    body, again, stream = told
    if body is None or again is None or stream is None or not body.usage or not stream.usage:
        yield lacking(run.get("body"), "POST /completions") or Inconclusive("no usage on both")
        return
    for name in rules.COUNTS[:2]:
        sure = body.usage.get(name) == again.usage.get(name)
        alike = name == "prompt_tokens" or body.texts == again.texts == stream.texts
        if sure and alike and stream.usage.get(name, 0) != body.usage.get(name, 0):
            yield Problem(f"{body.usage.get(name)}, as in the body", stream.usage.get(name, ABSENT), at="counted")
