"""Checks: parameters of a response, honoured."""

from collections.abc import Iterator

from cozecheck.checks import rules
from cozecheck.checks.registry import check
from cozecheck.contract import sources
from cozecheck.contract.response_parameters import response_faults
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Unsupported, Verdict
from cozecheck.views.requests import Asked, is_nonsense, refusal_of, without_effect
from cozecheck.views.responses import ResponseObject, asked_response, created_response, response_object
from cozecheck.views.support import is_missing, lacking

LOGPROBS = "message.output_text.logprobs"
"""What `include` holds where logprobs are wanted."""


def capped(exchange: Exchange) -> ResponseObject | None:
    """Read a response that was created under a token limit."""
    found = created_response(exchange)
    cap = found.asked.get("max_output_tokens") if found else None
    return found if isinstance(cap, int) and cap > 0 else None


@check(
    "responses.max-output-tokens",
    Level.MUST,
    Basis.SPEC,
    of=capped,
    cite=sources.RESPONSE_REQUEST + "max_output_tokens",
    breaks=("budgets, and layouts that count on short answers",),
    remedy="Stop after max_output_tokens tokens, reasoning included, and say incomplete.",
    evidence=("BerriAI/litellm 1.106, mock_response (recorded)",),
)
def max_output_tokens(it: ResponseObject) -> Iterator[Verdict]:
    """max_output_tokens caps the response."""
    limit, used = it.asked["max_output_tokens"], it.usage.get("output_tokens")
    if isinstance(used, int) and used > limit:
        yield Problem(f"at most {limit} tokens", used, at=f"{it.at}/usage/output_tokens")
    elif len(it.text.split()) > limit * rules.WORDS_PER_TOKEN:
        yield Problem(f"at most {limit} tokens", f"{len(it.text.split())} words", at=f"{it.at}/output")


def wants_odds(exchange: Exchange) -> Asked | None:
    """Read an answered request for a response with logprobs."""
    asked = asked_response(exchange)
    include = asked.body.get("include") if asked else None
    return asked if isinstance(include, list) and LOGPROBS in include else None


@check(
    "responses.logprobs",
    Level.SHOULD,
    Basis.SPEC,
    of=wants_odds,
    cite=sources.RESPONSE_REQUEST + "include: message.output_text.logprobs",
    breaks=("applications that weigh how sure the model is: they find nothing",),
    remedy="Send logprobs with every text of the output, or refuse them with 400 and their name.",
)
def logprobs(asked: Asked) -> Iterator[Verdict]:
    """Logprobs that are asked for come with the text."""
    if not asked.response.ok:
        named = asked.error and asked.names("include", "logprobs", "top_logprobs")
        yield Unsupported(f"logprobs: {asked.said[:160]}") if named else without_effect(asked, LOGPROBS)
        return
    found = response_object(asked.exchange)
    for at, item in found.of_type("message") if found else ():
        content = item.get("content")
        for place, part in enumerate(content if isinstance(content, list) else ()):
            spoken = isinstance(part, dict) and part.get("type") == "output_text" and part.get("text")
            if spoken and not part.get("logprobs"):
                yield Problem("logprobs", part.get("logprobs", ABSENT), at=f"{at}/content/{place}/logprobs")


def bounded(exchange: Exchange) -> Asked | None:
    """Read an answered request for a response with a number at the end of its range, or beyond."""
    asked = asked_response(exchange)
    if asked is None or is_nonsense(asked.body.get("model")):
        return None
    return asked if any(response_faults(asked.body)) or exchange.scenario == "responses.bounds" else None


@check(
    "responses.bounds",
    Level.SHOULD,
    Basis.SPEC,
    of=bounded,
    cite=sources.RESPONSE_REQUEST + "temperature, top_p, top_logprobs",
    breaks=("applications at the edge of the range; and those with a mistake that nobody tells them",),
    remedy="Take numbers in their documented range, the ends too; refuse the rest with 400 and the name in `param`.",
    requires=("responses.answered",),
)
def bounds(asked: Asked) -> Iterator[Verdict]:
    """A number at the end of its documented range is taken, and anything beyond is refused."""
    beyond = list(response_faults(asked.body))
    if is_missing(asked.exchange):
        yield lacking(asked.exchange, "POST /responses") or Inconclusive("no endpoint")
    elif not beyond:
        name = asked.exchange.name.partition(" ")[0]
        verdict = refusal_of(asked, asked.exchange.name, name)
        if verdict:
            yield verdict
    elif asked.is_kept_out or asked.response.status >= 500:
        yield Inconclusive(f"{beyond[0].param}: refused for another reason ({asked.response.status})")
    elif asked.response.ok:
        yield Problem(f"400 ({beyond[0].detail})", asked.response.status, at=beyond[0].param)
