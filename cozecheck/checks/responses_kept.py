"""Checks: responses that are kept, gone on from, counted, refused."""

from collections.abc import Iterator, Mapping

from cozecheck.checks.registry import check, relation
from cozecheck.checks.responses import more_tokens
from cozecheck.contract import sources
from cozecheck.contract.operations import operation
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Unsupported, Verdict
from cozecheck.views.failures import error_in
from cozecheck.views.requests import Asked, is_nonsense
from cozecheck.views.responses import asked_response, counted_response, response_object
from cozecheck.views.support import is_missing, lacking, words
from cozecheck.views.wire import Answer, answer

KEPT = "openai-python: responses.retrieve() raises for a response that was stored"
ASIDE = (401, 403, 429)
"""Refusals that say nothing about what was asked for."""


def _both(run: Mapping[str, Exchange], first: str, then: str) -> tuple[Exchange, Exchange] | Verdict:
    lack = lacking(run.get(first), first)
    if lack:
        return lack
    return (run[first], run[then]) if then in run else Inconclusive(f"no id to {then} with")


@relation(
    "responses.retrieve",
    Level.MUST,
    Basis.SPEC,
    scenario="responses.stored",
    cite=sources.RESPONSE_REQUEST + "store",
    breaks=(KEPT,),
    remedy="Keep responses unless store is false; say `store: false` if you keep none.",
)
def retrieve(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A response that says it was stored can be retrieved."""
    both = _both(run, "create", "retrieve")
    if not isinstance(both, tuple):
        yield both
        return
    created, got = both
    lack = lacking(got, "GET /responses/{id}")
    found = response_object(created)
    says_stored = found is not None and found.value.get("store") is True
    if isinstance(lack, Unsupported) and not (says_stored and str(found and found.value.get("id")) in words(got)):
        yield lack
    elif lack and got.response:
        yield Problem("200", f"{got.response.status}: {words(got)[:120]}", at="retrieve")
    elif lack:
        yield lack


@relation(
    "responses.retrieve-same",
    Level.MUST,
    Basis.SPEC,
    scenario="responses.stored",
    cite=sources.spec("Response"),
    breaks=("clients that pick a conversation up again",),
    remedy="Keep the response as it was answered.",
)
def retrieve_same(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A retrieved response is the one that was created."""
    both = _both(run, "create", "retrieve")
    lack = lacking(both[1], "GET /responses/{id}") if isinstance(both, tuple) else both
    if lack or not isinstance(both, tuple):
        yield lack or Inconclusive("nothing was retrieved")
        return
    first, second = map(response_object, both)
    for key in ("id", "status", "output", "model"):
        if first and second and first.value.get(key) != second.value.get(key):
            yield Problem(str(first.value.get(key)), second.value.get(key, ABSENT), at="retrieve")


@relation(
    "responses.input-items",
    Level.MUST,
    Basis.SPEC,
    scenario="responses.stored",
    cite=sources.spec("ResponseItemList"),
    breaks=("openai-python: responses.input_items.list() raises, or iterates over nothing",),
    remedy="Answer a list with object, data, first_id, last_id and has_more, and the input as items.",
)
def input_items(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """The input items of a stored response are a list of what was asked."""
    both = _both(run, "create", "input items")
    lack = lacking(both[1], "GET /responses/{id}/input_items") if isinstance(both, tuple) else both
    if lack or not isinstance(both, tuple):
        yield lack or Inconclusive("nothing was listed")
        return
    assert both[1].response is not None
    body = both[1].response.json
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, list) or body.get("object") != "list" or not isinstance(body.get("has_more"), bool):
        yield Problem("a list with data and has_more", body, at="input items")
    elif str(both[0].request.json.get("input")) not in str(data):
        yield Problem("the input among the items", data, at="input items")


@relation(
    "responses.delete",
    Level.MUST,
    Basis.SPEC,
    scenario="responses.stored",
    cite="platform.openai.com/docs/api-reference/responses/delete",
    breaks=("applications that must forget: they believe that they did",),
    remedy='Forget the response, and answer `{"id": …, "object": "response.deleted", "deleted": true}`.',
)
def delete(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A stored response can be deleted, and is then gone."""
    both = _both(run, "create", "delete")
    lack = lacking(both[1], "DELETE /responses/{id}") if isinstance(both, tuple) else both
    if lack or not isinstance(both, tuple):
        yield lack or Inconclusive("nothing was deleted")
        return
    gone = run.get("deleted")
    assert both[1].response is not None
    body = both[1].response.json
    if isinstance(body, dict) and body.get("deleted") is not True:
        yield Problem("deleted: true", body, at="delete")
    elif gone and gone.response and gone.response.ok:
        yield Problem("404 for what was deleted", gone.response.status, at="deleted")


@relation(
    "responses.store-false",
    Level.SHOULD,
    Basis.SPEC,
    scenario="responses.unstored",
    cite=sources.RESPONSE_REQUEST + "store",
    breaks=("applications that must not leave data behind",),
    remedy="Keep nothing where store is false.",
)
def store_false(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A response with store false can't be retrieved."""
    both = _both(run, "create", "retrieve")
    if not isinstance(both, tuple):
        yield both
    elif both[1].response and both[1].response.ok:
        yield Problem("404", both[1].response.status, at="retrieve")


def nonsense_response(exchange: Exchange) -> Answer | None:
    """Read an answer about a response that its very id says is none."""
    asked = operation(exchange.request)
    if asked is None or asked.name != "responses.retrieve" or not is_nonsense(exchange.request.path):
        return None
    return answer(exchange)


@check(
    "responses.unknown-id",
    Level.MUST,
    Basis.SDK,
    of=nonsense_response,
    cite=sources.PYTHON_STATUS,
    breaks=("openai-python: no NotFoundError for a response that is not there",),
    remedy="Answer 404 for ids that you do not keep.",
    evidence=("BerriAI/litellm 1.106 (recorded)",),
)
def unknown_id(it: Answer) -> Iterator[Verdict]:
    """A response that does not exist is answered with 404."""
    if is_missing(it.exchange) and (it.response.status != 404 or not isinstance(error_in(it.response.json), dict)):
        yield Unsupported(f"GET /responses/{{id}}: {it.response.status}, {words(it.exchange)[:160]}")
    elif it.response.status != 404 and it.response.status not in ASIDE:
        yield Problem("404", f"{it.response.status}: {words(it.exchange)[:120]}", at="status")


def nonsense_model_response(exchange: Exchange) -> Asked | None:
    """Read an enveloped refusal of a response by a model that its very name says is none."""
    asked = asked_response(exchange)
    if asked is None or not is_nonsense(asked.body.get("model")) or not asked.error:
        return None
    return asked if asked.response.status in (400, 404) and not is_missing_place(asked) else None


def is_missing_place(asked: Asked) -> bool:
    """Whether the refusal is about the endpoint, not about the model."""
    return is_missing(asked.exchange) and "model" not in asked.says


@check(
    "responses.unknown-model-param",
    Level.MAY,
    Basis.DE_FACTO,
    of=nonsense_model_response,
    cite=sources.WIRE + ": 400, param model",
    breaks=("clients that show which field is wrong",),
    remedy="Set param to model.",
)
def unknown_model_param(asked: Asked) -> Iterator[Verdict]:
    """The refusal of an unknown model names the parameter model."""
    if asked.error.get("param") != "model":
        yield Problem("model", asked.error.get("param", ABSENT), at="/error/param")


def inputless_request(exchange: Exchange) -> Asked | None:
    """Read an answered request for a response to nothing at all."""
    asked = asked_response(exchange)
    given = ("input", "previous_response_id", "conversation", "prompt")
    if asked is None or not asked.body.get("model") or any(asked.body.get(name) is not None for name in given):
        return None
    return asked


@check(
    "responses.missing-input",
    Level.MUST,
    Basis.SPEC,
    of=inputless_request,
    cite=sources.RESPONSE_REQUEST + "input; " + sources.PYTHON_RETRIES,
    breaks=("openai-python and -node: two retries of a request that can't succeed",),
    remedy="Refuse with 400 and param input.",
    evidence=("CopilotKit/aimock 1.43 (recorded)", "huggingface/transformers serve 5.23 (recorded)"),
)
def missing_input(asked: Asked) -> Iterator[Verdict]:
    """A request without input is refused with a 4xx."""
    if is_missing(asked.exchange) and "input" not in asked.says:
        yield Unsupported(f"a response: {asked.response.status}, {asked.says[:160]}")
    elif asked.response.status not in ASIDE and not 400 <= asked.response.status < 500:
        yield Problem("400", f"{asked.response.status}: {asked.says[:120]}", at="status")


@relation(
    "responses.previous-counted",
    Level.MUST,
    Basis.SPEC,
    scenario="responses.previous",
    cite=sources.RESPONSE_REQUEST + "previous_response_id",
    breaks=("conversations: the model has forgotten everything",),
    remedy="Put the input and the output of the previous response before the input.",
)
def previous_counted(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """previous_response_id carries the conversation on: the input counts more tokens."""
    if "next" not in run:
        yield lacking(run.get("first"), "a response") or Inconclusive("no id to go on from")
        return
    refused = run["next"].response
    if refused and refused.status == 400 and "previous_response_id" in words(run["next"]):
        yield Unsupported(f"previous_response_id: {words(run['next'])[:160]}")
        return
    yield from more_tokens(run, "alone", "next")


@relation(
    "responses.previous-unknown",
    Level.SHOULD,
    Basis.SPEC,
    scenario="responses.previous",
    cite=sources.RESPONSE_REQUEST + "previous_response_id",
    breaks=("conversations: they go on without their past, and nobody notices",),
    remedy="Refuse with 400 and param previous_response_id.",
)
def previous_unknown(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A previous response that does not exist is refused with a 4xx."""
    lack = lacking(run.get("first"), "a response")
    if lack or "unknown" not in run:
        yield lack or Inconclusive("not asked")
        return
    response = run["unknown"].response
    if response and not 400 <= response.status < 500:
        yield Problem("400", response.status, at="unknown")


def counted_input(exchange: Exchange) -> Answer | None:
    """Read the count of an input's tokens."""
    asked = operation(exchange.request)
    whole = answer(exchange) if asked and asked.name == "responses.input_tokens.count" else None
    return whole if whole and whole.response.ok and error_in(whole.response.json) is ABSENT else None


@check(
    "responses.input-tokens-shape",
    Level.MUST,
    Basis.SPEC,
    of=counted_input,
    cite=sources.spec("TokenCountsResource"),
    breaks=("openai-python: None where the types promise a number",),
    remedy='Answer `{"object": "response.input_tokens", "input_tokens": …}`.',
)
def input_tokens_shape(it: Answer) -> Iterator[Verdict]:
    """A count of input tokens has its object and a whole number."""
    body = it.response.json if isinstance(it.response.json, dict) else {}
    count = body.get("input_tokens", ABSENT)
    if body.get("object") != "response.input_tokens":
        yield Problem("response.input_tokens", body.get("object", ABSENT), at="/object")
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        yield Problem("a whole number, 1 or more", count, at="/input_tokens")


@relation(
    "responses.input-tokens-parity",
    Level.SHOULD,
    Basis.SPEC,
    scenario="responses.count",
    cite="platform.openai.com/docs/api-reference/responses/input-tokens",
    breaks=("clients that fill the context to the brim",),
    remedy="Count with the code that bills.",
)
def input_tokens_parity(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """The tokens counted beforehand are those that the response counts."""
    for name in ("count", "create"):
        lack = lacking(run.get(name), name)
        if lack:
            yield lack
            return
    counted, created = counted_input(run["count"]), counted_response(run["create"])
    ahead = counted.response.json.get("input_tokens") if counted and isinstance(counted.response.json, dict) else None
    if ahead is None or created is None:
        yield Inconclusive("nothing to compare")
    elif ahead != created.usage.get("input_tokens"):
        yield Problem(f"{ahead}, as counted beforehand", created.usage.get("input_tokens"), at="create")
