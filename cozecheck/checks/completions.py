"""Checks: completions of prompts, sent as one body."""

from collections.abc import Iterator

from cozecheck.checks import rules
from cozecheck.checks.registry import check
from cozecheck.contract import sources
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Level, Problem, Unsupported, Verdict
from cozecheck.views.completions import (
    Completion,
    Written,
    all_choices,
    completion,
    plain_completion,
    tried_choices,
    wanted_choices,
    written,
)
from cozecheck.views.requests import Asked, refusal_of
from cozecheck.views.support import is_missing

TYPED = "typed clients (openai-dotnet, openai-go, openai-java) fail to decode the answer"
EVALUATIONS = "evaluations (lm-eval and others), which score texts by this endpoint"
BILLS = "bills, budgets and rate limits that count tokens"
FINISHES = ("stop", "length", "content_filter")
NAMED = (
    ("id",),
    ("object",),
    ("created",),
    ("usage",),
    ("choices", None, "index"),
    ("choices", None, "finish_reason"),
)
"""Places of which another check speaks; None stands for any position."""


@check(
    "completions.answered",
    Level.MUST,
    Basis.SPEC,
    of=plain_completion,
    cite=sources.spec("CreateCompletionRequest"),
    breaks=("editors that complete code, and " + EVALUATIONS,),
    remedy="Complete a prompt, streamed or not; refuse with 404, in the envelope, what you do not have.",
    evidence=("portkey-ai/gateway 1.15 on Node 20 (recorded)",),
)
def answered(asked: Asked) -> Iterator[Verdict]:
    """A plain prompt is completed."""
    if is_missing(asked.exchange):
        yield Unsupported(f"POST /completions: {asked.response.status}, {asked.says[:160]}")
        return
    verdict = refusal_of(asked, "a plain prompt", "stream_options")
    if verdict:
        yield verdict


@check(
    "completions.schema",
    Level.MUST,
    Basis.SPEC,
    of=completion,
    cite=sources.COMPLETION + "; openai.types.Completion",
    breaks=(TYPED,),
    remedy="Send the field with the type of the contract, or leave it out.",
)
def schema(it: Completion) -> Iterator[Verdict]:
    """A completion fits the types of the official SDK, strictly."""
    for departure in it.departures:
        if not rules.within(departure.path, *NAMED):
            yield Problem(departure.expected, departure.actual, at=departure.pointer)


@check(
    "completions.object",
    Level.MUST,
    Basis.SPEC,
    of=completion,
    cite=sources.COMPLETION + "/properties/object",
    breaks=("clients that dispatch on `object`",),
    remedy="Set object to text_completion, in streams too.",
)
def object_(it: Completion) -> Iterator[Verdict]:
    """The object of a completion is `text_completion`."""
    if it.value.get("object") != "text_completion":
        yield Problem("text_completion", it.value.get("object", ABSENT), at="/object")


@check(
    "completions.id-nonempty",
    Level.MUST,
    Basis.SPEC,
    of=completion,
    cite=sources.COMPLETION + "/properties/id",
    breaks=("logs and stores that key by id",),
    remedy="Make an id for every completion, as in cmpl-….",
)
def id_nonempty(it: Completion) -> Iterator[Verdict]:
    """The id of a completion is a string that is not empty."""
    yield from rules.nonempty_string(it.value, "id")


@check(
    "completions.id-prefix",
    Level.MAY,
    Basis.DE_FACTO,
    of=completion,
    cite=sources.WIRE + " (all completions)",
    breaks=("clients that tell kinds of objects by the prefix of their ids",),
    remedy="Begin ids of completions with cmpl-.",
)
def id_prefix(it: Completion) -> Iterator[Verdict]:
    """The id of a completion begins with cmpl-."""
    yield from rules.prefix(it.value.get("id"), "cmpl-", "/id")


@check(
    "completions.created",
    Level.MUST,
    Basis.SPEC,
    of=completion,
    cite=sources.COMPLETION + "/properties/created",
    breaks=(TYPED, "dates in the year 57,000"),
    remedy="Send whole seconds since 1970.",
)
def created(it: Completion) -> Iterator[Verdict]:
    """The time of creation is a whole number of seconds since 1970, about now."""
    yield from rules.created(it.value.get("created", ABSENT), it.response)


@check(
    "completions.choice-index",
    Level.MUST,
    Basis.SPEC,
    of=completion,
    cite=sources.COMPLETION_CHOICE + "index",
    breaks=("clients that put completions and prompts together by index",),
    remedy="Number the choices from 0, those of the first prompt first.",
    requires=("completions.schema",),
)
def choice_index(it: Completion) -> Iterator[Verdict]:
    """The choices are numbered from 0, in order."""
    indices = [choice.get("index", ABSENT) for choice in it.choices]
    if indices != list(range(len(indices))) or any(isinstance(index, bool) for index in indices):
        yield Problem(f"0 to {len(indices) - 1}", indices, at="/choices")


@check(
    "completions.finish-reason",
    Level.MUST,
    Basis.SPEC,
    of=completion,
    cite=sources.COMPLETION_CHOICE + "finish_reason/enum",
    breaks=(TYPED,),
    remedy="Say stop, length or content_filter.",
    requires=("completions.schema",),
)
def finish_reason(it: Completion) -> Iterator[Verdict]:
    """Every choice says why it ended: stop, length or content_filter."""
    for place, choice in enumerate(it.choices):
        if choice.get("finish_reason") not in FINISHES:
            found = choice.get("finish_reason", ABSENT)
            yield Problem("stop, length or content_filter", found, at=f"/choices/{place}/finish_reason")


@check(
    "completions.finish-length",
    Level.MUST,
    Basis.SPEC,
    of=completion,
    cite=sources.COMPLETION_CHOICE + "finish_reason: length if the maximum number of tokens was reached",
    breaks=("clients that continue cut texts: they take this one for whole",),
    remedy="Say length when max_tokens ended the completion.",
    evidence=("mudler/LocalAI#3533",),
    requires=("completions.schema", "completions.max-tokens"),
)
def finish_length(it: Completion) -> Iterator[Verdict]:
    """A completion that max_tokens cut says length."""
    if len(it.choices) == 1 and all_choices(it.asked) == 1 and it.asked.get("best_of") in (None, 1):
        choice = it.choices[0]
        limited = rules.limited(it.asked, it.usage, choice.get("finish_reason"), choice["text"])
        yield from rules.cut_by_limit(limited) if limited else ()


@check(
    "completions.max-tokens",
    Level.MUST,
    Basis.SPEC,
    of=written,
    cite=sources.COMPLETION_REQUEST + "max_tokens",
    breaks=("budgets, and layouts that count on short answers",),
    remedy="Stop after max_tokens tokens.",
    evidence=("BerriAI/litellm 1.106, mock_response (recorded)",),
    requires=("completions.schema", "completions.stream.schema"),
)
def max_tokens(it: Written) -> Iterator[Verdict]:
    """max_tokens caps every completion."""
    limit, choices = it.asked.get("max_tokens"), all_choices(it.asked)
    if not isinstance(limit, int) or not choices:
        return
    most = limit * max(choices, len(it.texts)) * tried_choices(it.asked) // wanted_choices(it.asked)
    used = it.usage.get("completion_tokens")
    if isinstance(used, int) and used > most:
        yield Problem(f"at most {most} tokens", used, at="/usage/completion_tokens")
    for index, text in it.texts.items() if not it.asked.get("echo") else ():
        if len(text.split()) > limit * rules.WORDS_PER_TOKEN + 1:
            yield Problem(f"at most {limit} tokens", f"{len(text.split())} words", at=it.at(index))


@check(
    "completions.usage-present",
    Level.SHOULD,
    Basis.SPEC,
    of=completion,
    cite=sources.COMPLETION + "/properties/usage",
    breaks=(BILLS,),
    remedy="Count the tokens and send `usage` with every body.",
)
def usage_present(it: Completion) -> Iterator[Verdict]:
    """A completion says what it cost."""
    if not isinstance(it.value.get("usage"), dict):
        yield Problem("usage", it.value.get("usage", ABSENT), at="/usage")


def with_usage(exchange: Exchange) -> Completion | None:
    """Read a completion that says what it cost."""
    made = completion(exchange)
    return made if made and made.usage else None


@check(
    "completions.usage",
    Level.MUST,
    Basis.SPEC,
    of=with_usage,
    cite=sources.USAGE,
    breaks=(BILLS, TYPED),
    remedy="Send whole numbers, and their sum; completion_tokens may be left out where it is 0.",
)
def usage(it: Completion) -> Iterator[Verdict]:
    """The counts of usage are whole numbers, 0 or more, and total_tokens is their sum."""
    counted = {"completion_tokens": 0, **it.usage}
    problems = list(rules.counts(counted, "/usage"))
    yield from problems or rules.total(counted, "/usage")
