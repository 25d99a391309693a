"""Which of the SDK's operations a target has, asked without cost or harm."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from cozecheck.checks.conclusion import TOOL, moment
from cozecheck.contract.operations import Operation
from cozecheck.curl import curl
from cozecheck.errors import NoVerdictError, UsageError
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.findings import Basis, CheckResult, Finding, Level, Outcome, Report, Run, Target
from cozecheck.masking import excerpt
from cozecheck.probe import Probe
from cozecheck.scenarios import Send
from cozecheck.views.failures import error_in

NO_SUCH_ID: Final = "cozecheck-no-such-id"
NO_SUCH_PATH: Final = "/cozecheck-no-such-path"
REFUSED: Final = {"metadata": 0}
"""A body that no operation takes, so that nothing is made and nothing costs: metadata is an object wherever it is."""
ELSEWHERE: Final = frozenset((401, 402, 403, 408, 429))
"""Refusals that say nothing of the operation."""
REMEDY: Final = "Refuse what is not there with 404, 405 or 501 and OpenAI's error envelope."


class Standing(StrEnum):
    """How a target stands to an operation."""

    HAS = "has"
    REFUSES = "refuses"
    MISHANDLES = "mishandles"
    UNCLEAR = "unclear"


OUTCOMES = {
    Standing.HAS: Outcome.PASS,
    Standing.REFUSES: Outcome.UNSUPPORTED,
    Standing.MISHANDLES: Outcome.FAIL,
    Standing.UNCLEAR: Outcome.INCONCLUSIVE,
}


@dataclass(frozen=True, slots=True)
class Place:
    """An operation, what a target answered, and what that says."""

    operation: Operation
    exchange: Exchange
    standing: Standing
    words: str


def choose(operations: Iterable[Operation], wanted: Sequence[str]) -> tuple[Operation, ...]:
    """Keep the operations that a *wanted* glob names; all, if none is given."""
    known = tuple(operations)
    for pattern in wanted:
        if not any(fnmatchcase(each.name, pattern) for each in known):
            raise UsageError(f"no operation is called {pattern!r}; `cozecheck list operations` shows all")
    return tuple(each for each in known if not wanted or any(fnmatchcase(each.name, one) for one in wanted))


def asking(operation: Operation) -> Send:
    """Return a request for *operation* that harms nobody: ids that nothing has, a body that nothing takes."""
    body = REFUSED if operation.method in ("POST", "PUT", "PATCH") else None
    return Send(operation.name, operation.method, operation.path.replace("{}", NO_SUCH_ID), json=body)


async def run(
    probe: Probe,
    operations: Sequence[Operation],
    *,
    clock: Callable[[], float],
    concurrency: int,
    progress: Callable[[str], None] = lambda _: None,
) -> Report:
    """Ask a target for every one of *operations*; raise NoVerdictError where nobody answers as an API does."""
    started = clock()
    limit = asyncio.Semaphore(concurrency)

    async def ask(operation: Operation) -> Exchange:
        async with limit:
            exchange = await probe.send(asking(operation), exchange_id=operation.name)
        progress(operation.name)
        return exchange

    methods = sorted({each.method for each in operations})
    controls = await asyncio.gather(*(ask(Operation(f"control {each}", each, NO_SUCH_PATH)) for each in methods))
    _require_answer(controls, probe.endpoint.base_url)
    answers = await asyncio.gather(*map(ask, operations))
    _require_api((*controls, *answers), probe.endpoint.base_url)
    control = dict(zip(methods, controls, strict=True))
    places = [
        Place(each, answer, *stand(answer, control[each.method]))
        for each, answer in zip(operations, answers, strict=True)
    ]
    return Report(
        kind="surface",
        tool=TOOL,
        target=Target(base_url=probe.endpoint.base_url),
        run=Run(moment(started), round(clock() - started, 3), requests=len(controls) + len(answers)),
        checks=tuple(map(_result, places)),
        findings=tuple(_finding(each) for each in places if each.standing is Standing.MISHANDLES),
    )


def _require_answer(controls: Sequence[Exchange], base_url: str) -> None:
    for each in controls:
        if each.failure and each.response is None:
            raise NoVerdictError(f"{base_url} cannot be asked: {each.failure.detail}; is the server running there?")


def _require_api(answers: Iterable[Exchange], base_url: str) -> None:
    if all(each.response is None or each.response.json is ABSENT for each in answers):
        raise NoVerdictError(f"{base_url} never answers JSON; does the base URL lack its /v1, or lead somewhere else?")


def stand(exchange: Exchange, control: Exchange) -> tuple[Standing, str]:
    """Say what an answer means beside the answer (*control*) to a path that cannot exist."""
    response = exchange.response
    if exchange.failure or response is None:
        return Standing.MISHANDLES, exchange.failure.detail if exchange.failure else "no answer"
    said = f"{response.status} {_message(exchange)}".rstrip()
    enveloped = isinstance(error_in(response.json), dict)
    if response.status in ELSEWHERE:
        return Standing.UNCLEAR, said
    if 300 <= response.status < 400 or (response.status >= 500 and response.status != 501):
        return Standing.MISHANDLES, said
    if response.ok:
        everything = control.response is not None and control.response.ok
        broken = everything or enveloped or response.content.lstrip()[:1] == b"<"
        return (Standing.MISHANDLES if broken else Standing.HAS), said
    if not enveloped:
        return Standing.MISHANDLES, f"{response.status} without OpenAI's error envelope"
    absent = response.status in (405, 501) or _likeness(exchange) == _likeness(control)
    return (Standing.REFUSES if absent else Standing.HAS), said


def _likeness(exchange: Exchange) -> tuple[int, str]:
    """Return what two refusals for want of a path share: the status, and the message without method and path."""
    message = _message(exchange)
    for part in (exchange.request.path, exchange.request.path.removeprefix("/v1"), exchange.request.method):
        message = message.replace(part, "")
    return exchange.response.status if exchange.response else 0, message


def _message(exchange: Exchange) -> str:
    error = error_in(exchange.response.json) if exchange.response else None
    words = error.get("message") if isinstance(error, dict) else None
    return excerpt(" ".join(words.split()), limit=160) if isinstance(words, str) else ""


def _result(place: Place) -> CheckResult:
    outcome = OUTCOMES[place.standing]
    decided = outcome in (Outcome.PASS, Outcome.FAIL)
    return CheckResult(
        id=_id(place.operation),
        family=_id(place.operation).split(".")[1],
        outcome=outcome,
        level=Level.MUST,
        basis=Basis.SDK,
        requirement=_requirement(place.operation),
        cite=_cite(place.operation),
        judged=int(decided),
        failed=int(outcome is Outcome.FAIL),
        reason=place.words,
    )


def _finding(place: Place) -> Finding:
    return Finding(
        id=_id(place.operation),
        outcome=Outcome.FAIL,
        level=Level.MUST,
        basis=Basis.SDK,
        requirement=_requirement(place.operation),
        expected="an answer, or a refusal in OpenAI's error envelope",
        actual=place.words,
        operation=place.operation.name,
        exchange=place.exchange.id,
        cite=_cite(place.operation),
        breaks=("every client that tells an operation which is not there from a server that is broken",),
        remedy=REMEDY,
        curl=curl(place.exchange.request, masked=False),
    )


def _id(operation: Operation) -> str:
    return f"surface.{operation.name}".replace("_", "-")


def _requirement(operation: Operation) -> str:
    return f"{operation.name} ({operation.method} {operation.path}) is answered, or refused properly."


def _cite(operation: Operation) -> str:
    return f"openai-python {TOOL.openai}, client.{operation.name}()"
