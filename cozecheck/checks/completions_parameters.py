"""Checks: completions of prompts, and the parameters that shape them."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from cozecheck.checks.completions import EVALUATIONS
from cozecheck.checks.registry import check, relation
from cozecheck.contract import sources
from cozecheck.exchange import Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Unsupported, Verdict
from cozecheck.views.completions import (
    Written,
    all_choices,
    legal_completion,
    tried_choices,
    wanted_choices,
    written,
)
from cozecheck.views.requests import Asked, refusal_of, without_effect
from cozecheck.views.support import is_missing, lacking


def multiplied(exchange: Exchange) -> Asked | None:
    """Read an answered request for several completions of one prompt, or for the best of several."""
    asked = legal_completion(exchange)
    if asked is None:
        return None
    answered = tried_choices(asked.body) > 1 and asked.response.ok
    return asked if answered or wanted_choices(asked.body) > 1 else None


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
