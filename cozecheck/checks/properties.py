"""Checks: requests that nobody thought of, legal and broken."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cozecheck.checks.registry import EVERY_MUST, check, relation
from cozecheck.contract import sources
from cozecheck.exchange import Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Unsupported, Verdict
from cozecheck.views.cases import TWINS, Claim, Settled, afterwards, broken, claim, legal, refused, settled
from cozecheck.views.failures import PROXY_STATUSES
from cozecheck.views.requests import Asked
from cozecheck.views.twins import parted, told
from cozecheck.views.wire import answer

RETRIED = "openai-python and -node: two retries of a request that can't succeed, then InternalServerError"


def _elsewhere(asked: Asked) -> Inconclusive:
    return Inconclusive(f"refused for another reason ({asked.response.status})")


@check(
    "properties.no-server-error",
    Level.MUST,
    Basis.TRANSPORT,
    of=settled,
    cite=sources.HTTP + ", section 15.6; " + sources.PYTHON_RETRIES,
    breaks=(RETRIED,),
    remedy="Send the curl line again, read the traceback, and refuse with 400 what can't be served.",
    evidence=("ggml-org/llama.cpp#23463", "theia#17104"),
    requires=(EVERY_MUST,),
)
def no_server_error(it: Settled) -> Iterator[Verdict]:
    """A request, whatever is in it, is never answered with a 5xx."""
    status = it.asked.response.status
    if it.is_bad_luck:
        yield _elsewhere(it.asked)
    elif status >= 500 and status != 501:
        wanted = f"a 4xx ({it.claim.mutation.says})" if it.claim.mutation else "an answer, or a 4xx"
        yield Problem(wanted, f"{status}: {it.asked.said[:200]}", at="status")


@check(
    "properties.no-hang",
    Level.MUST,
    Basis.TRANSPORT,
    of=claim,
    cite=sources.HTTP + ", section 15.5.9; " + sources.PYTHON_RETRIES,
    breaks=("every client: the call hangs until its own timeout, 10 minutes in openai-python, or breaks off",),
    remedy="Answer, or refuse, within the client's patience; look for a handler that waits or dies without a reply.",
    evidence=("ocp#110",),
    requires=(EVERY_MUST,),
)
def no_hang(it: Claim) -> Iterator[Verdict]:
    """A request, whatever is in it, is answered within the time limits, to the end."""
    if it.exchange.failure:
        yield Problem("an answer", it.exchange.failure.detail)


@check(
    "properties.legal-taken",
    Level.SHOULD,
    Basis.SPEC,
    of=legal,
    cite=sources.spec("") + "; " + sources.ERROR + "/properties/param",
    breaks=("applications that send what the documentation allows: they are told no, and not why",),
    remedy="Take what is documented; refuse what can't be served with 400 and the name of the parameter.",
    evidence=("vllm-project/vllm#10093", "vllm-project/vllm#5797"),
)
def legal_taken(it: Settled) -> Iterator[Verdict]:
    """A request that is legal by the documentation is taken, or refused naming a parameter that it has."""
    asked, status = it.asked, it.asked.response.status
    if asked.response.ok:
        return
    if status >= 500 or status == 404 or asked.is_refused_elsewhere:
        yield _elsewhere(asked)
    elif asked.error and asked.names(*_keys(asked.body)):
        yield Unsupported(f"{it.claim.operation}: {asked.said[:200]}")
    elif not asked.body:
        yield _elsewhere(asked)  # a form: its fields are not read
    else:
        yield Problem("an answer, or a refusal that names a parameter", f"{status}: {asked.said[:200]}", at="status")


def _keys(body: Mapping[str, Any]) -> set[str]:
    """Return every key of a request that is a word, at any depth, and as people write it."""
    found: set[str] = set()
    left: list[Any] = [body]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            found.update(part)
            left.extend(part.values())
        elif isinstance(part, list):
            left.extend(part)
    words = {key for key in found if re.fullmatch(r"[a-z][a-z_]+", key)}
    return words | {key.replace("_", " ") for key in words} | {key.removesuffix("s") for key in words if len(key) > 4}


@check(
    "properties.illegal-refused",
    Level.SHOULD,
    Basis.SPEC,
    of=broken,
    cite=sources.spec("") + "; " + sources.ERROR_CODES,
    breaks=("developers: a mistake passes for an answer, and shows only where another server is stricter",),
    remedy="Validate every field that decides what is done; answer 400 with its name in `param`.",
    evidence=("huggingface/text-generation-inference#1896",),
    requires=("errors.status-not-200",),
)
def illegal_refused(it: Settled) -> Iterator[Verdict]:
    """A request in which a field that decides is broken is refused, not answered."""
    mutation = it.claim.mutation
    assert mutation is not None
    if it.is_out_of_reach or it.asked.response.status >= 500:
        yield _elsewhere(it.asked)
    elif it.asked.response.ok and mutation.decides:
        yield Problem(f"a 4xx ({mutation.says})", it.asked.response.status, at=it.claim.param or "status")


@check(
    "properties.refusal-tells",
    Level.SHOULD,
    Basis.SPEC,
    of=refused,
    cite=sources.ERROR + "/properties/param; " + sources.ERROR_CODES,
    breaks=("clients that fix or drop the parameter which the server names; and people, who have to guess",),
    remedy="Answer 400, or the status that HTTP has for it, with the envelope and the field's name in `param`.",
    requires=("errors.envelope", "errors.invalid-status", "errors.param-named", "errors.param-type"),
)
def refusal_tells(it: Settled) -> Iterator[Verdict]:
    """The refusal of a broken request has a fitting status, and its envelope names the broken field."""
    asked, mutation = it.asked, it.claim.mutation
    assert mutation is not None
    status = asked.response.status
    if asked.is_refused_elsewhere or (status in PROXY_STATUSES and not asked.error):
        yield _elsewhere(asked)
    elif status not in mutation.statuses:
        yield Problem(" or ".join(map(str, sorted(mutation.statuses))), f"{status}: {asked.said[:120]}", at="status")
    elif mutation.names_param and it.claim.root and not asked.names(it.claim.root, *_inside(it.claim.param)):
        wanted = Problem(it.claim.param, asked.error.get("param"), at="/error/param")
        yield _elsewhere(asked) if asked.lacks else wanted


def _inside(param: str) -> list[str]:
    """Return the names in a path: a refusal that tells of the inner one tells of the field."""
    return [name for name in re.findall(r"\w+", param) if not name.isdecimal()]


@check(
    "properties.still-answers",
    Level.MUST,
    Basis.TRANSPORT,
    of=afterwards,
    cite=sources.HTTP + ", section 15.6",
    breaks=("everybody else: one request of one client takes the server down for all",),
    remedy="Contain what a request can do: bound memory, depth and time, and catch what its handler raises.",
    requires=(EVERY_MUST,),
)
def still_answers(exchange: Exchange) -> Iterator[Verdict]:
    """A plain question is answered after odd requests as it was before."""
    whole = answer(exchange)
    if whole is None:
        yield Problem("an answer", exchange.failure.detail if exchange.failure else "none")
        return
    asked = Asked(exchange, whole.response, exchange.request.json)
    if asked.is_kept_out or asked.is_overloaded:
        yield _elsewhere(asked)
    elif not whole.response.ok:
        yield Problem("an answer", f"{whole.response.status}: {asked.said[:200]}", at="status")


@relation(
    "properties.twins-agree",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario=TWINS,
    cite=sources.WIRE + ": tool names and finish_reason agree between any two runs",
    breaks=("applications, once streaming is turned on: another verdict, another call, or another bill",),
    remedy="Validate, generate and count in one place, for bodies and streams alike.",
    evidence=("ollama/ollama#9632", "pi#1125"),
)
def twins_agree(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A stream is taken, ends, calls and counts its prompt as a body of the same request does."""
    body, stream = (_sure(run, name) for name in ("body", "stream"))
    if body is None or stream is None:
        yield Inconclusive("no two answers that can be compared, or that come the same when asked for again")
        return
    if body.taken and not stream.taken and _says_no_to_streams(run["stream"]):
        yield Unsupported("streams are refused by name")
        return
    found = tuple(parted(body, stream))
    if found and not {"body again", "stream again"} <= run.keys():
        yield Inconclusive("a difference that may be chance: it was not asked for again")
        return
    for what, there, here in found:
        yield Problem(f"{what}: {there}, as in the body", here, at="stream")


def _sure(run: Mapping[str, Exchange], name: str) -> Any:
    """Return what an answer tells, if it was the same when asked for again."""
    found = [told(run[each]) for each in (name, f"{name} again") if each in run]
    return found[0] if found and all(each == found[0] for each in found) else None


def _says_no_to_streams(exchange: Exchange) -> bool:
    whole = answer(exchange)
    return whole is not None and Asked(exchange, whole.response, exchange.request.json).names("stream", "streaming")
