"""Checks: completions of prompts, sent as one body."""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from cozecheck.checks import rules
from cozecheck.checks.registry import check, relation
from cozecheck.contract import sources
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Unsupported, Verdict
from cozecheck.views.completions import (
    Completion,
    Written,
    all_choices,
    completion,
    legal_completion,
    plain_completion,
    wanted_choices,
    written,
)
from cozecheck.views.requests import Asked, refusal_of, without_effect
from cozecheck.views.support import is_missing, lacking

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
    tried = max(wanted_choices(it.asked), _number(it.asked.get("best_of")))
    most = limit * max(choices, len(it.texts)) * tried // wanted_choices(it.asked)
    if _number(it.usage.get("completion_tokens")) > most:
        yield Problem(f"at most {most} tokens", it.usage["completion_tokens"], at="/usage/completion_tokens")
    for index, text in it.texts.items() if not it.asked.get("echo") else ():
        if len(text.split()) > limit * rules.WORDS_PER_TOKEN + 1:
            yield Problem(f"at most {limit} tokens", f"{len(text.split())} words", at=it.at(index))


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


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


def multiplied(exchange: Exchange) -> Asked | None:
    """Read an answered request for several completions of one prompt, or for the best of several."""
    asked = legal_completion(exchange)
    if asked is None:
        return None
    tried = _number(asked.body.get("best_of")) > 1 and asked.response.ok
    return asked if tried or wanted_choices(asked.body) > 1 else None


@check(
    "completions.n",
    Level.SHOULD,
    Basis.SPEC,
    of=multiplied,
    cite=sources.COMPLETION_REQUEST + "n",
    breaks=("applications that choose among several completions",),
    remedy="Answer with n choices for each prompt, or refuse with 400 and param n.",
    evidence=("abetlen/llama-cpp-python 0.3.36 (recorded)", "huggingface/transformers 5.23 serve (recorded)"),
)
def n(asked: Asked) -> Iterator[Verdict]:
    """n completions are asked for, and n come; of `best_of` the best n."""
    yield from _choices(asked, "n", "best_of")


def prompt_array(exchange: Exchange) -> Asked | None:
    """Read an answered request with an array of prompts."""
    asked = legal_completion(exchange)
    if asked is None or asked.body.get("stream") or not isinstance(asked.body["prompt"], list):
        return None
    return asked if all(isinstance(each, str) for each in asked.body["prompt"]) else None


@check(
    "completions.prompt-array",
    Level.SHOULD,
    Basis.SPEC,
    of=prompt_array,
    cite=sources.COMPLETION_REQUEST + "prompt: string, array of strings, array of tokens, or array of token arrays",
    breaks=("LangChain's OpenAI (completions), which sends every prompt in an array", EVALUATIONS),
    remedy="Complete every prompt, its choices numbered on, or refuse with 400 and param prompt.",
    evidence=("abetlen/llama-cpp-python 0.3.36 (recorded)", "BerriAI/litellm 1.106 (recorded)"),
)
def prompts_together(asked: Asked) -> Iterator[Verdict]:
    """Every prompt of an array is completed."""
    if wanted_choices(asked.body) == 1:
        yield from _choices(asked, "prompt")


def prompt_tokens(exchange: Exchange) -> Asked | None:
    """Read an answered request with a prompt in tokens."""
    asked = legal_completion(exchange)
    if asked is None or asked.body.get("stream") or not isinstance(asked.body["prompt"], list):
        return None
    return None if any(isinstance(each, str) for each in asked.body["prompt"]) else asked


@check(
    "completions.token-prompt",
    Level.SHOULD,
    Basis.SPEC,
    of=prompt_tokens,
    cite=sources.COMPLETION_REQUEST + "prompt: string, array of strings, array of tokens, or array of token arrays",
    breaks=(EVALUATIONS + ", in tokens unless told otherwise",),
    remedy="Take an array of tokens as one prompt, an array of such arrays as several; or refuse with param prompt.",
)
def token_prompt(asked: Asked) -> Iterator[Verdict]:
    """A prompt in tokens is completed, as one prompt; of several arrays each."""
    yield from _choices(asked, "prompt")


def _choices(asked: Asked, *params: str) -> Iterator[Verdict]:
    """Require as many choices as were asked for, or a refusal that names one of *params*."""
    if is_missing(asked.exchange):
        yield Unsupported(f"POST /completions: {asked.response.status}, {asked.says[:160]}")
        return
    verdict = refusal_of(asked, params[0], *params)
    if verdict:
        yield verdict
        return
    made, wanted = written(asked.exchange), all_choices(asked.body)
    if made and made.texts and wanted and len(made.texts) != wanted:
        yield Problem(f"{wanted} choices", len(made.texts), at="/choices")


def stopped(exchange: Exchange) -> Written | None:
    """Read a completion with stop sequences, without the prompt."""
    made = written(exchange)
    return made if made and made.asked.get("stop") and not made.asked.get("echo") else None


@check(
    "completions.stop-excluded",
    Level.MUST,
    Basis.SPEC,
    of=stopped,
    cite=sources.spec("StopConfiguration") + ": the returned text will not contain the stop sequence",
    breaks=("agents and evaluations that stop a model at a mark: they read past it",),
    remedy="Cut the text before the first stop sequence, over the borders of tokens too.",
    evidence=("huggingface/text-generation-inference#1724",),
    requires=("completions.schema", "completions.stream.schema"),
)
def stop_excluded(it: Written) -> Iterator[Verdict]:
    """The text ends before the stop sequence."""
    stops = it.asked["stop"] if isinstance(it.asked["stop"], list) else [it.asked["stop"]]
    for index, text in it.texts.items():
        for stop in stops:
            if isinstance(stop, str) and stop and stop in text:
                yield Problem(f"no {stop!r}", text[-80:], at=it.at(index))


@relation(
    "completions.seed",
    Level.SHOULD,
    Basis.SPEC,
    scenario="completions.seed",
    cite=sources.COMPLETION_REQUEST + "seed: best effort",
    breaks=("tests and evaluations that count on repeatable answers",),
    remedy="Seed the sampler, or refuse `seed` by name.",
)
def seed(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """The same seed gives the same completion."""
    asks = [asked for each in run.values() if (asked := legal_completion(each))]
    refused = [asked for asked in asks if not asked.response.ok]
    if refused:
        missing = is_missing(refused[0].exchange) and lacking(refused[0].exchange, "POST /completions")
        yield missing or without_effect(refused[0], "seed")
        return
    seeded = [list(made.texts.values()) for each in run.values() if (made := written(each))]
    if len(seeded) < TRIES or not all(seeded):
        yield Inconclusive("not enough seeded completions")
    elif all(one != other for one, other in combinations(seeded, 2)):
        yield Problem("the same text", f"{len(seeded)} different ones", at="thrice")


TRIES = 3
"""Answers to one seeded request: that no two are alike is no bad luck."""


def one_parameter(exchange: Exchange) -> Asked | None:
    """Read the answer to a legal request for a completion that tries out one parameter."""
    asked = legal_completion(exchange)
    return asked if asked and exchange.scenario == "completions.parameters" else None


@check(
    "completions.documented-params",
    Level.SHOULD,
    Basis.SPEC,
    of=one_parameter,
    cite=sources.spec("CreateCompletionRequest"),
    breaks=("applications that set the parameter: it worked with OpenAI",),
    remedy="Take every documented parameter; refuse those you can't serve with 400 and the name in `param`.",
)
def documented_params(asked: Asked) -> Iterator[Verdict]:
    """A documented parameter is accepted, or refused by its name."""
    name = asked.exchange.name
    verdict = None if is_missing(asked.exchange) else refusal_of(asked, name, name)
    if verdict:
        yield verdict
