"""Checks: logprobs of chat answers."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import exp, isfinite
from typing import Any

from cozecheck.checks.registry import check, relation
from cozecheck.contract import sources
from cozecheck.contract.parameters import is_number
from cozecheck.contract.sources import spec
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Verdict
from cozecheck.views.logprobs import Logprobs, Spoken
from cozecheck.views.logprobs import logprobs as read
from cozecheck.views.requests import Asked, asked_chat, is_plain_but, legal_chat, refusal_of
from cozecheck.views.turns import listed

READERS = "evaluation harnesses, classifiers and confidence scores that read logprobs"
ROUNDING = 0.02
"""How far the chances of some tokens may exceed certainty, for want of digits."""
TINY = 0.001
"""How far a logprob may be above 0, for want of digits: OpenAI's own goes to 0.00003."""
UNLIKELY = -9999.0
"""What OpenAI writes for a token that is not among the likeliest."""


def wanted(exchange: Exchange) -> Logprobs | None:
    """Read an answer in words where logprobs were asked for."""
    found = read(exchange)
    return found if found and found.wanted and any(each.turn.text for each in found.choices) else None


def unwanted(exchange: Exchange) -> Logprobs | None:
    """Read an answer where no logprobs were asked for."""
    found = read(exchange)
    return found if found and not found.wanted and found.asked else None


def present(exchange: Exchange) -> Logprobs | None:
    """Read an answer with logprobs in it."""
    found = read(exchange)
    return found if found and any(each.tokens for each in found.choices) else None


WHOLE_TEXT = (
    "sse.utf8",
    "chat.message-present",
    "chat.utf8-intact",
    "chat.stream.utf8-intact",
    "chat.stream.finish-last",
    "chat.stream.schema",
)
"""What keeps a text whole: where it is broken, no tokens join to it."""
PLAIN = ("logprobs", "top_logprobs", "seed", "top_p", "n", "stop", "stream_options", "logit_bias")


def asks(exchange: Exchange) -> Asked | None:
    """Read an answered request for logprobs."""
    asked = legal_chat(exchange)
    fits = asked and asked.body.get("logprobs") is True and is_plain_but(asked, *PLAIN)
    return asked if asked and fits and not asked.is_about_messages else None


@check(
    "logprobs.accepted",
    Level.MUST,
    Basis.SPEC,
    of=asks,
    cite=spec(sources.CHAT_REQUEST + "logprobs"),
    breaks=(READERS,),
    remedy="Answer with logprobs, or refuse with 400 and param logprobs.",
    evidence=("vllm-project/vllm#4795", "sgl-project/sglang#4097", "sgl-project/sglang#5984"),
)
def accepted(asked: Asked) -> Iterator[Verdict]:
    """A request for logprobs is answered, or refused by name."""
    verdict = refusal_of(asked, "logprobs", "logprobs", "top_logprobs")
    if verdict:
        yield verdict


@check(
    "logprobs.present",
    Level.MUST,
    Basis.SPEC,
    of=wanted,
    cite=spec(sources.CHAT_REQUEST + "logprobs") + ": returns the log probabilities of each output token",
    breaks=(READERS,),
    remedy="Send logprobs with the text, in streams with every delta; or refuse with 400 and param logprobs.",
    evidence=("ollama/ollama#16117", "BerriAI/litellm#3253", "codelion/optillm 0.4.0 (recorded)"),
    requires=("logprobs.shape", *WHOLE_TEXT),
)
def present_(it: Logprobs) -> Iterator[Verdict]:
    """Logprobs that are asked for come with the text."""
    for choice in it.choices:
        if choice.silent:
            yield Problem("logprobs of this text", choice.sent if not choice.tokens else ABSENT, at=choice.silent)


def shaped(exchange: Exchange) -> Logprobs | None:
    """Read an answer with something under logprobs."""
    found = read(exchange)
    return found if found and any(each.sent not in (ABSENT, None) for each in found.choices) else None


@check(
    "logprobs.shape",
    Level.MUST,
    Basis.SPEC,
    of=shaped,
    cite=spec("ChatCompletionTokenLogprob"),
    breaks=("typed clients (openai-dotnet, go-openai, openai-java) fail to decode the answer", READERS),
    remedy="Send content: [{token, logprob, bytes, top_logprobs}], each logprob a finite number.",
    evidence=("abetlen/llama-cpp-python#197", "vllm-project/vllm#10234", "aphrodite-engine#183"),
)
def shape(it: Logprobs) -> Iterator[Verdict]:
    """Logprobs have OpenAI's shape: token, logprob, bytes, top_logprobs."""
    for at, departure in it.departures:
        yield Problem(departure.expected, departure.actual, at=f"{at}{departure.pointer}")
    for at, token in it.tokens():
        if "bytes" not in token:
            yield Problem("bytes, or null", ABSENT, at=f"{at}, bytes")


def _each(it: Logprobs) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every token and every alternative, with where it stands."""
    for at, token in it.tokens():
        yield at, token
        for rank, other in enumerate(listed(token.get("top_logprobs"))):
            yield f"{at}, top_logprobs/{rank}", other


@check(
    "logprobs.nonpositive",
    Level.MUST,
    Basis.SPEC,
    of=present,
    cite=sources.LOGPROB + "logprob: the log probability of this token",
    breaks=(READERS + ": exp() of it is more than 1, or no number",),
    remedy="Send the natural logarithm of the probability: 0 or less, and finite.",
    evidence=("vllm-project/vllm#3179", "sgl-project/sglang#4097"),
    requires=("logprobs.shape",),
)
def nonpositive(it: Logprobs) -> Iterator[Verdict]:
    """A logprob is finite, and 0 or less."""
    for at, token in _each(it):
        value = token.get("logprob")
        if is_number(value) and (value > TINY or not isfinite(value)):
            yield Problem("0 or less", value, at=f"{at}, logprob")


@check(
    "logprobs.bytes",
    Level.SHOULD,
    Basis.SPEC,
    of=present,
    cite=sources.LOGPROB + "bytes: useful where characters are represented by multiple tokens",
    breaks=(READERS + ": parts of characters cannot be joined",),
    remedy="Send the UTF-8 bytes of each token; null only where it has none.",
    evidence=("abetlen/llama-cpp-python 0.3.36 (recorded)",),
    requires=("logprobs.shape",),
)
def bytes_(it: Logprobs) -> Iterator[Verdict]:
    """The bytes of a token are those of its text."""
    for at, token in _each(it):
        text, sent = token.get("token"), token.get("bytes")
        if not isinstance(text, str) or not text or _is_part(text):
            continue
        if not isinstance(sent, list) or sent != list(text.encode("utf-8", "surrogatepass")):
            yield Problem(f"the bytes of {text!r}", sent, at=f"{at}, bytes")


def _is_part(token: str) -> bool:
    """Whether a token is no text: part of a character, or a special one that servers write in many ways."""
    return token.startswith(("bytes:", "<|", "<0x", "</s", "<s>")) or "\ufffd" in token


@check(
    "logprobs.tokens-join",
    Level.MUST,
    Basis.SPEC,
    of=wanted,
    cite=spec(sources.BODY + "choices/items/properties/logprobs/properties/content")
    + ": message content tokens with log probability information",
    breaks=(READERS + ": scores belong to other words than are shown",),
    remedy="Send one entry for each token of the text, and for no other.",
    evidence=("ggml-org/llama.cpp tools/server/tests/unit",),
    requires=("logprobs.shape", "logprobs.present", "logprobs.bytes", *WHOLE_TEXT),
)
def tokens_join(it: Logprobs) -> Iterator[Verdict]:
    """The tokens of the logprobs join to the content."""
    for choice in it.choices:
        if not choice.turn.text or not choice.tokens:
            continue
        joined = _joined(choice)
        if it.asked.get("stop") or choice.turn.calls or choice.turn.is_cut:
            joined = joined[: len(choice.turn.text)]
        if joined.strip() != choice.turn.text.strip():
            yield Problem(choice.turn.text, joined, at=choice.turn.at)


def _joined(choice: Spoken) -> str:
    parts = [token.get("bytes") for token in choice.tokens]
    if all(isinstance(part, list) for part in parts):
        try:
            return bytes(byte for part in parts for byte in part or ()).decode("utf-8", "ignore")
        except (ValueError, TypeError):
            pass
    return "".join(str(token.get("token", "")) for token in choice.tokens)


@check(
    "logprobs.top-count",
    Level.MUST,
    Basis.SPEC,
    of=wanted,
    cite=spec(sources.CHAT_REQUEST + "top_logprobs") + ": the number of most likely tokens to return",
    breaks=(READERS + ": the alternatives are missing",),
    remedy="Send top_logprobs alternatives with each token; none where none are asked for.",
    evidence=("vllm-project/vllm#10234",),
    requires=("logprobs.shape", "logprobs.present"),
)
def top_count(it: Logprobs) -> Iterator[Verdict]:
    """Each token has as many alternatives as were asked for, or fewer, but not none."""
    if not 0 <= it.top <= 20:
        return
    for at, token in it.tokens():
        count = len(listed(token.get("top_logprobs")))
        # A token that was sampled, and is not among the likeliest, may come on top of them.
        if count > it.top + bool(it.top) or (it.top and not count):
            yield Problem(f"{it.top} alternatives", count, at=f"{at}, top_logprobs")


@check(
    "logprobs.top-sorted",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=present,
    cite=sources.WIRE + ": the likeliest first",
    breaks=(READERS + ": they take the first for the likeliest",),
    remedy="Sort the alternatives by logprob, the largest first.",
    requires=("logprobs.shape", "logprobs.nonpositive"),
)
def top_sorted(it: Logprobs) -> Iterator[Verdict]:
    """The alternatives of a token are sorted, the likeliest first."""
    for at, token in it.tokens():
        values = [other["logprob"] for other in listed(token.get("top_logprobs")) if is_number(other.get("logprob"))]
        if any(before < after for before, after in pairwise(values)):
            yield Problem("sorted, the largest first", values, at=f"{at}, top_logprobs")


@check(
    "logprobs.mass",
    Level.SHOULD,
    Basis.SPEC,
    of=present,
    cite=spec("ChatCompletionTokenLogprob/properties/top_logprobs"),
    breaks=(READERS + ": probabilities add up to more than 1",),
    remedy="Send natural logarithms of probabilities, not scores before the softmax.",
    requires=("logprobs.shape", "logprobs.nonpositive"),
)
def mass(it: Logprobs) -> Iterator[Verdict]:
    """The chances of the alternatives of a token are at most 1 together."""
    for at, token in it.tokens():
        values = {
            other["token"]: other["logprob"]
            for other in listed(token.get("top_logprobs"))
            if is_number(other.get("logprob")) and isinstance(other.get("token"), str)
        }
        total = sum(exp(min(value, 0)) for value in values.values())
        if total > 1 + ROUNDING:
            yield Problem("1 or less", round(total, 3), at=f"{at}, top_logprobs")


@check(
    "logprobs.top-agrees",
    Level.SHOULD,
    Basis.SPEC,
    of=present,
    cite=sources.LOGPROB + "logprob",
    breaks=(READERS + ": one token has two scores",),
    remedy="Score the token and its alternatives in one place.",
    requires=("logprobs.shape",),
)
def top_agrees(it: Logprobs) -> Iterator[Verdict]:
    """A token that stands among its own alternatives has the same logprob there."""
    for at, token in it.tokens():
        same = [
            other.get("logprob")
            for other in listed(token.get("top_logprobs"))
            if other.get("token") == token.get("token") and other.get("bytes") == token.get("bytes")
        ]
        value = token.get("logprob")
        near = [each for each in same if is_number(each) and is_number(value) and abs(each - value) < 1e-3]
        if same and not near and value != UNLIKELY:
            yield Problem(str(same[0]), value, at=f"{at}, logprob")


@check(
    "logprobs.unrequested",
    Level.SHOULD,
    Basis.SPEC,
    of=unwanted,
    cite=spec(sources.CHAT_REQUEST + "logprobs") + ": false by default",
    breaks=("everybody who pays for traffic: answers grow tenfold",),
    remedy="Send logprobs: null where they are not asked for.",
)
def unrequested(it: Logprobs) -> Iterator[Verdict]:
    """Logprobs that are not asked for do not come."""
    for choice in it.choices:
        if choice.tokens:
            yield Problem("null", f"{len(choice.tokens)} tokens", at=f"{choice.turn.at}, logprobs")


def alone(exchange: Exchange) -> Asked | None:
    """Read an answered request with top_logprobs and without logprobs."""
    asked = asked_chat(exchange)
    faults = [(fault.param, fault.kind) for fault in asked.faults] if asked else []
    return asked if faults == [("top_logprobs", "alone")] else None


@check(
    "logprobs.top-alone",
    Level.MAY,
    Basis.SPEC,
    of=alone,
    cite=spec(sources.CHAT_REQUEST + "top_logprobs") + ": logprobs must be set to true if this parameter is used",
    breaks=("nobody: a mistake goes unseen",),
    remedy="Refuse with 400 and param top_logprobs.",
)
def top_alone(asked: Asked) -> Iterator[Verdict]:
    """top_logprobs without logprobs is refused."""
    if asked.response.ok:
        yield Problem("400", asked.response.status, at="status")


@relation(
    "logprobs.stream-parity",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario="logprobs.parity",
    cite=sources.WIRE + ": streams carry logprobs with every delta",
    breaks=(READERS + ", once streaming is turned on",),
    remedy="Send with the deltas what a body would hold: every token, with as many alternatives.",
    evidence=("codelion/optillm 0.4.0 (recorded)",),
)
def stream_parity(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A stream has logprobs for all its tokens, as a body has."""
    answers = [read(run[name]) for name in ("body", "stream") if name in run]
    pair = [answer.choices[0] for answer in answers if answer and len(answer.choices) == 1]
    if len(pair) < 2 or not pair[0].tokens or not all(each.turn.text for each in pair):
        yield Inconclusive("no logprobs in the body to compare with")
        return
    kept = [sum(len(str(token.get("token", ""))) for token in each.tokens) / len(each.turn.text) for each in pair]
    if kept[1] < kept[0] / 2:
        yield Problem(f"{len(pair[0].tokens)} tokens, as in the body", f"{len(pair[1].tokens)} tokens", at="stream")
