"""Checks: completions that repeat their prompt, and the odds of their tokens."""

from collections.abc import Iterator
from itertools import pairwise
from math import isfinite
from typing import Any

from cozecheck.checks.logprobs import TINY
from cozecheck.checks.registry import check
from cozecheck.contract import sources
from cozecheck.contract.parameters import is_number
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Level, Problem, Verdict
from cozecheck.views.completions import Completion, completion

EVALUATIONS = "evaluations (lm-eval and others), which score texts by this endpoint"
ALWAYS = ("tokens", "token_logprobs", "text_offset")
"""Lists that logprobs have, however many alternatives are asked for."""
LOGPROBS = sources.COMPLETION_CHOICE + "logprobs"
PARTIAL = ("bytes:", "<0x", "\ufffd")
"""What stands in tokens that are no whole characters."""


def echoed(exchange: Exchange) -> Completion | None:
    """Read a completion that was to repeat its prompt."""
    made = completion(exchange)
    return made if made and made.asked.get("echo") is True else None


@check(
    "completions.echo",
    Level.SHOULD,
    Basis.SPEC,
    of=echoed,
    cite=sources.COMPLETION_REQUEST + "echo",
    breaks=(EVALUATIONS,),
    remedy="Begin the text with the prompt, or refuse echo with 400 and its name.",
    evidence=("ggml-org/llama.cpp#27174", "huggingface/transformers 5.23 serve (recorded)"),
    requires=("completions.schema",),
)
def echo(it: Completion) -> Iterator[Verdict]:
    """With echo the text begins with the prompt."""
    for place, choice in enumerate(it.choices):
        prompt = it.prompt(place)
        if prompt and not choice["text"].startswith(prompt):
            yield Problem(f"{prompt[:60]}…", choice["text"][:80], at=f"/choices/{place}/text")


def with_odds(exchange: Exchange) -> Completion | None:
    """Read a completion that was to have logprobs."""
    made = completion(exchange)
    return made if made and is_number(made.asked.get("logprobs")) else None


def odds(it: Completion) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield each choice that has logprobs: where they stand, they, and the choice."""
    for place, choice in enumerate(it.choices):
        given = choice.get("logprobs")
        if isinstance(given, dict) and all(isinstance(given.get(name), list) and given[name] for name in ALWAYS):
            yield f"/choices/{place}/logprobs", given, choice


@check(
    "completions.logprobs",
    Level.SHOULD,
    Basis.SPEC,
    of=with_odds,
    cite=LOGPROBS,
    breaks=(EVALUATIONS,),
    remedy="Send tokens, token_logprobs, top_logprobs and text_offset, one entry a token; not the form of chats.",
    evidence=("ggml-org/llama.cpp, behind portkey (recorded)", "huggingface/transformers 5.23 serve (recorded)"),
    requires=("completions.schema",),
)
def logprobs(it: Completion) -> Iterator[Verdict]:
    """Logprobs that are asked for come as four lists, with one entry a token."""
    for place, choice in enumerate(it.choices):
        given = choice.get("logprobs", ABSENT)
        lists = {name: each for name, each in given.items() if isinstance(each, list)} if given else {}
        if not choice["text"]:
            continue
        if not lists.keys() >= set(ALWAYS):
            found = sorted(given) if given else given
            yield Problem("tokens, token_logprobs, top_logprobs, text_offset", found, at=f"/choices/{place}/logprobs")
            continue
        sizes = {name: len(lists[name]) for name in (*ALWAYS, "top_logprobs") if name in lists}
        if len(set(sizes.values())) > 1 or not lists["tokens"]:
            yield Problem("lists of one length", sizes, at=f"/choices/{place}/logprobs")


@check(
    "completions.logprobs-values",
    Level.MUST,
    Basis.SPEC,
    of=with_odds,
    cite=LOGPROBS + "/properties/token_logprobs",
    breaks=(EVALUATIONS,),
    remedy="Send natural logarithms of probabilities: 0 or less; null for the first token of a prompt only.",
    requires=("completions.schema", "completions.logprobs"),
)
def logprobs_values(it: Completion) -> Iterator[Verdict]:
    """A logprob is a number, 0 or less; only in a prompt may there be null."""
    for at, given, _ in odds(it):
        for place, value in enumerate(given["token_logprobs"]):
            of_prompt = value is None and it.asked.get("echo") is True
            if not of_prompt and not (is_number(value) and isfinite(value) and value <= TINY):
                yield Problem("0 or less", value, at=f"{at}/token_logprobs/{place}")


@check(
    "completions.logprobs-join",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=with_odds,
    cite=LOGPROBS + "/properties/tokens",
    breaks=(EVALUATIONS + ": they look for the place where the answer begins",),
    remedy="Send a token as its text, the blank before it included; one entry for every token of the text.",
    requires=("completions.schema", "completions.logprobs"),
)
def logprobs_join(it: Completion) -> Iterator[Verdict]:
    """The tokens, joined, are the text."""
    for at, given, choice in odds(it):
        tokens = given["tokens"]
        if not any(mark in token for token in tokens for mark in PARTIAL) and "".join(tokens) != choice["text"]:
            yield Problem(choice["text"][:80], "".join(tokens)[:80], at=f"{at}/tokens")


@check(
    "completions.text-offset",
    Level.SHOULD,
    Basis.SPEC,
    of=with_odds,
    cite=LOGPROBS + "/properties/text_offset",
    breaks=(EVALUATIONS + ": they look for the place where the answer begins",),
    remedy="Count characters: each token begins where the one before it ends.",
    requires=("completions.schema", "completions.logprobs"),
)
def text_offset(it: Completion) -> Iterator[Verdict]:
    """text_offset grows, from token to token, by the characters of the token."""
    for at, given, _ in odds(it):
        steps = zip(given["tokens"], pairwise(given["text_offset"]), strict=False)
        for place, (token, (begin, end)) in enumerate(steps, 1):
            if not any(mark in token for mark in PARTIAL) and end - begin != len(token):
                yield Problem(f"{begin + len(token)}, after {token!r}", end, at=f"{at}/text_offset/{place}")
                break


@check(
    "completions.top-logprobs",
    Level.SHOULD,
    Basis.SPEC,
    of=with_odds,
    cite=sources.COMPLETION_REQUEST + "logprobs: there may be up to logprobs+1 elements in the response",
    breaks=(EVALUATIONS + ": whether a token was the likeliest",),
    remedy="Send, for each token, as many alternatives as were asked for, and the token itself.",
    requires=("completions.schema", "completions.logprobs"),
)
def top_logprobs(it: Completion) -> Iterator[Verdict]:
    """Every token has as many alternatives as were asked for, or one more."""
    wanted = it.asked["logprobs"]
    for at, given, _ in odds(it) if wanted else ():
        entries = given.get("top_logprobs")
        if not isinstance(entries, list):
            yield Problem(f"{wanted} alternatives a token", entries, at=f"{at}/top_logprobs")
            continue
        for place, entry in enumerate(entries):
            unknown = entry is None and place == 0 and it.asked.get("echo") is True
            if not unknown and not (isinstance(entry, dict) and 1 <= len(entry) <= wanted + 1):
                size = len(entry) if isinstance(entry, dict) else entry
                yield Problem(f"{wanted} alternatives, or one more", size, at=f"{at}/top_logprobs/{place}")


def echoed_with_odds(exchange: Exchange) -> Completion | None:
    """Read a completion that was to repeat its prompt, with logprobs."""
    made = echoed(exchange)
    return made if made and with_odds(exchange) and made.prompt(0) else None


@check(
    "completions.echo-logprobs",
    Level.SHOULD,
    Basis.SPEC,
    of=echoed_with_odds,
    cite=sources.COMPLETION_REQUEST + "echo, logprobs",
    breaks=(EVALUATIONS + ": all answers score the same, and nobody is told",),
    remedy="Send logprobs for the tokens of the prompt too; null for the first.",
    evidence=("ggml-org/llama.cpp#27174", "ggml-org/llama.cpp#15189", "EleutherAI/lm-evaluation-harness#1411"),
    requires=("completions.schema", "completions.echo", "completions.logprobs"),
)
def echo_logprobs(it: Completion) -> Iterator[Verdict]:
    """With echo the tokens of the prompt have logprobs, all but the first."""
    for at, given, choice in odds(it):
        begins = given["text_offset"][0]
        told = sum(len(token) for token in given["tokens"] if isinstance(token, str))
        if begins != 0 or told < len(choice["text"]) / 2:
            yield Problem("tokens from the beginning of the prompt", given["tokens"][:8], at=f"{at}/tokens")
        elif any(value is None for value in given["token_logprobs"][1:]):
            yield Problem("a logprob for every token but the first", given["token_logprobs"], at=f"{at}/token_logprobs")
