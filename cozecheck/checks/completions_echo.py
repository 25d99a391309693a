"""Checks: completions that repeat their prompt, and the odds of their tokens."""

from collections.abc import Iterator
from itertools import pairwise
from math import isfinite
from typing import Any

from cozecheck.checks.completions import EVALUATIONS
from cozecheck.checks.logprobs import TINY
from cozecheck.checks.registry import check
from cozecheck.contract import sources
from cozecheck.contract.parameters import is_number
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Level, Problem, Verdict
from cozecheck.views.chat_stream import ended
from cozecheck.views.completions import (
    Completion,
    CompletionStream,
    Written,
    completion,
    completion_stream,
    prompt_of,
    written,
)

ALWAYS = ("tokens", "token_logprobs", "text_offset")
"""Lists that logprobs have, however many alternatives are asked for."""
LOGPROBS = sources.COMPLETION_CHOICE + "logprobs"
PARTIAL = ("bytes:", "<0x", "\ufffd")
"""What stands in tokens that are no whole characters."""


def echoed(exchange: Exchange) -> Written | None:
    """Read a completion that was to repeat its prompt."""
    made = written(exchange)
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
    requires=("completions.schema", "completions.stream.schema"),
)
def echo(it: Written) -> Iterator[Verdict]:
    """With echo the text begins with the prompt."""
    for index, text in it.texts.items():
        prompt = prompt_of(it.asked, index)
        if prompt and not text.startswith(prompt):
            yield Problem(f"{prompt[:60]}…", text[:80], at=it.at(index))


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
    made = with_odds(exchange)
    return made if made and made.asked.get("echo") is True and prompt_of(made.asked, 0) else None


@check(
    "completions.echo-logprobs",
    Level.SHOULD,
    Basis.SPEC,
    of=echoed_with_odds,
    cite=sources.COMPLETION_REQUEST + "echo, logprobs",
    breaks=(EVALUATIONS + ": all answers score the same, and nobody is told",),
    remedy="Send logprobs for the tokens of the prompt too; null for the first.",
    evidence=("ggml-org/llama.cpp#27174", "ggml-org/llama.cpp#15189", "EleutherAI/lm-evaluation-harness#1411"),
    requires=("completions.schema", "completions.logprobs"),
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


def stream_with_odds(exchange: Exchange) -> CompletionStream | None:
    """Read a whole stream of completions that was to have logprobs."""
    stream = completion_stream(exchange)
    return stream if stream and ended(stream) and is_number(stream.asked.get("logprobs")) else None


@check(
    "completions.stream.logprobs",
    Level.SHOULD,
    Basis.SPEC,
    of=stream_with_odds,
    cite=LOGPROBS,
    breaks=("playgrounds that show how sure a model is while it writes",),
    remedy="Send the logprobs of its tokens with every chunk that has text.",
    requires=("completions.stream.schema",),
)
def stream_logprobs(stream: CompletionStream) -> Iterator[Verdict]:
    """Logprobs that are asked for come with a stream, too."""
    spoken = [(at, choice) for at, choice in stream.parts() if choice.get("text")]
    if spoken and not any(choice.get("logprobs") for _, choice in spoken):
        yield Problem("logprobs", spoken[0][1].get("logprobs", ABSENT), at=f"event {spoken[0][0]}")
