"""A search: repeatable, made small, within its budget, and kept where it is broken off."""

import json
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from cozecheck.checks import ALL
from cozecheck.conformance import Plan
from cozecheck.errors import NoVerdictError
from cozecheck.spending import Budget
from cozecheck.views.lives import SCENARIO as LIVES
from reference_server.flaws.canned import refuse
from reference_server.flaws.messages import read_request, send_reply
from reference_server.flaws.relay import replay
from tests.properties.searches import searched, server

SMALL = 250
ALONE = tuple(check.id for check in ALL if check.family == "properties" and check.scenario != LIVES)
"""What is not about ids that a server makes up."""
Sent = list[tuple[str, str, bytes]]


class Watched:
    """An app, and what was sent to it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.sent: Sent = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = await read_request(scope, receive)
        self.sent.append((request.method, request.path, request.body))
        await self._app(scope, replay(request.body, receive), send)

    @property
    def bodies(self) -> Sent:
        """What was sent, in an order that no timing changes; what is deleted has ids that the server made up."""
        return sorted(each for each in self.sent if each[0] != "DELETE")


def test_the_same_seed_sends_the_same_bytes_and_finds_the_same(tmp_path: Path) -> None:
    apps = [Watched(server("param-500", "logprobs-500", "json-schema-500")) for _ in range(3)]
    first, again, elsewhere = (
        searched(app, SMALL, chosen=ALONE, seed=7, folder=tmp_path / folder)
        for app, folder in zip(apps, ("here", "here", "there"), strict=True)
    )

    assert first.findings
    assert first.findings == again.findings == elsewhere.findings
    assert first.checks == again.checks == elsewhere.checks
    assert apps[0].bodies == apps[1].bodies == apps[2].bodies


def test_another_seed_sends_other_bytes() -> None:
    apps = [Watched(server()) for _ in range(2)]
    for seed, app in enumerate(apps):
        searched(app, SMALL, seed=seed)
    assert apps[0].bodies != apps[1].bodies


def test_a_failure_is_told_once_and_made_small() -> None:
    report = searched(server("param-500"))

    (finding,) = report.findings
    assert (finding.id, finding.operation) == ("properties.no-server-error", "chat.completions.create")
    body = json.loads(finding.curl.partition(" -d '")[2].rstrip("'"))
    assert body.keys() == {"model", "messages", "max_tokens", "user"}
    assert body["messages"] == [{"role": "user", "content": "Hi."}]


def test_no_more_is_sent_than_is_planned() -> None:
    plans: list[Plan] = []
    report = searched(server("param-500"), SMALL, planned=plans.append)
    assert plans[0].at_random.cases
    assert report.run.requests <= plans[0].requests


@pytest.mark.parametrize("budget", [Budget(requests=60), Budget(tokens=6_000)])
def test_the_budget_is_kept_and_what_it_leaves_out_is_told(budget: Budget) -> None:
    plans: list[Plan] = []
    report = searched(server(), SMALL, budget=budget, planned=plans.append)
    assert budget.allows(plans[0].requests, plans[0].tokens)
    assert budget.allows(report.run.requests, report.run.tokens)
    assert [note for note in report.notes if note.endswith("left out to stay within the budget")]
    assert report.exit_code == 0


def test_none_are_sent_where_none_are_wanted() -> None:
    with pytest.raises(NoVerdictError, match="nothing would be sent"):
        searched(server(), 0)


def test_none_are_sent_where_no_property_is_judged() -> None:
    plans: list[Plan] = []
    searched(server(), SMALL, chosen=["moderations"], planned=plans.append)
    assert plans[0].at_random.cases == 0


def test_when_the_time_is_over_what_was_done_is_judged() -> None:
    report = searched(server(), SMALL, seconds=0.001)
    assert [note for note in report.notes if note.startswith("the time for requests at random was over after")]


def test_an_operation_that_is_not_there_gets_one_request() -> None:
    clean, refused = server(), 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal refused
        if scope["path"].endswith("/embeddings"):
            refused += 1
            await send_reply(refuse(404, "There is no such endpoint."), send)
        else:
            await clean(scope, receive, send)

    report = searched(app, SMALL)
    assert refused == 1
    assert report.findings == ()
    assert any("no requests at random to embeddings.create" in note for note in report.notes)


def test_a_server_that_dies_of_a_request_is_found_out() -> None:
    alive = server()
    dead = False

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal dead
        request = await read_request(scope, receive)
        dead = dead or b'"logit_bias"' in request.body
        if dead:
            raise RuntimeError("killed")
        await alive(scope, replay(request.body, receive), send)

    report = searched(app, SMALL)
    assert "properties.no-hang" in {finding.id for finding in report.findings}
    assert report.exit_code == 1
    assert report.run.interrupted
