"""Checks: keys."""

from collections.abc import Iterator, Mapping

from cozecheck.checks.registry import check, relation
from cozecheck.contract import sources
from cozecheck.exchange import Exchange
from cozecheck.findings import Basis, Inconclusive, Level, Problem, Unsupported, Verdict
from cozecheck.views.failures import Refusal, error_in, refusal

REFUSED = (400, 401, 403)
ELSEWHERE = (429, 503)
"""Statuses that say nothing about a key."""
NO_KEYS = "the target answers without a key: no authentication is configured"
WRONG_WAYS = ("missing", "wrong", "malformed")


def _statuses(run: Mapping[str, Exchange], names: tuple[str, ...]) -> dict[str, int]:
    responses = {name: run[name].response for name in names if name in run}
    return {name: got.status for name, got in responses.items() if got and got.status not in ELSEWHERE}


def _open(statuses: Mapping[str, int]) -> bool:
    return all(200 <= status < 300 for status in statuses.values())


@relation(
    "auth.bearer-required",
    Level.MUST,
    Basis.SPEC,
    scenario="auth.keys",
    cite=sources.AUTHENTICATION,
    breaks=("nobody, until somebody else finds the server",),
    remedy="Refuse every request whose Authorization is not `Bearer` and a key that you know.",
    evidence=("sgl-project/sglang#466", "opencode#47820"),
)
def bearer_required(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """Where keys are on, a missing, a wrong and a malformed key are refused."""
    statuses = _statuses(run, WRONG_WAYS)
    if not statuses:
        yield Inconclusive("no request without a key was answered")
    elif _open(statuses):
        yield Unsupported(NO_KEYS)
    for name, status in statuses.items():
        if 200 <= status < 300 and not _open(statuses):
            yield Problem("401", f"{status} with a {name} key", at=name)


@relation(
    "auth.models-protected",
    Level.MUST,
    Basis.SPEC,
    scenario="auth.keys",
    cite=sources.AUTHENTICATION,
    breaks=("nobody, until somebody reads your list of models",),
    remedy="Put the same guard before every route, /models too.",
    evidence=("opencode#47820",),
)
def models_protected(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """Where keys are on, they are on for every endpoint, /models too."""
    chat = _statuses(run, WRONG_WAYS)
    models = _statuses(run, ("models without a key",))
    if not chat or not models:
        yield Inconclusive("no request without a key was answered")
    elif _open(chat):
        yield Unsupported(NO_KEYS)
    elif _open(models):
        yield Problem("401", "2xx for GET /models without a key", at="models without a key")
    elif not set(models.values()) <= set(REFUSED):
        yield Inconclusive("GET /models is not answered at all")


@relation(
    "auth.status",
    Level.MUST,
    Basis.SDK,
    scenario="auth.keys",
    cite=sources.PYTHON_STATUS,
    breaks=("openai-python: PermissionDeniedError, or another, where applications catch AuthenticationError",),
    remedy="Answer 401 to a missing or unknown key; 403 is for a key that may not do this.",
)
def status(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A missing or wrong key is answered with 401."""
    statuses = _statuses(run, ("missing", "wrong"))
    if not statuses or _open(statuses):
        yield Unsupported(NO_KEYS)
    for name, code in statuses.items():
        if code >= 300 and code != 401:
            yield Problem("401", f"{code} with a {name} key", at=name)


@relation(
    "auth.code",
    Level.SHOULD,
    Basis.DE_FACTO,
    scenario="auth.keys",
    cite=sources.WIRE,
    breaks=("clients that tell a wrong key from other refusals by its code",),
    remedy="Set code to invalid_api_key.",
)
def code(run: Mapping[str, Exchange]) -> Iterator[Verdict]:
    """A wrong key is answered with the code invalid_api_key."""
    response = run["wrong"].response if "wrong" in run else None
    if response is None or response.status not in REFUSED:
        yield Unsupported(NO_KEYS)
        return
    error = error_in(response.json)
    found = error.get("code") if isinstance(error, dict) else None
    if isinstance(error, dict) and found != "invalid_api_key":
        yield Problem("invalid_api_key", found, at="/error/code")


LONG_ENOUGH = 12
"""Characters below which a key may stand in a message by chance."""


def keyed_refusal(exchange: Exchange) -> Refusal | None:
    """Read a refusal of a request whose key we know."""
    refused = refusal(exchange)
    return refused if refused and len(_token(exchange)) >= LONG_ENOUGH else None


def _token(exchange: Exchange) -> str:
    token = (exchange.request.headers.get("authorization") or "").rpartition(" ")[2]
    return "" if "*" in token else token


@check(
    "auth.key-masked",
    Level.SHOULD,
    Basis.DE_FACTO,
    of=keyed_refusal,
    cite=sources.WIRE + ": keys are masked in messages",
    breaks=("nobody at once: keys end up in the logs of every client",),
    remedy="Show the first and last characters at most.",
)
def key_masked(it: Refusal) -> Iterator[Verdict]:
    """An error does not repeat the whole key."""
    if _token(it.exchange).encode() in it.response.content:
        yield Problem("a masked key", "the whole key", at="/error/message")
