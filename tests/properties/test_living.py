"""Objects made, shown, listed and deleted in any order: what is sent, what is found, what is told."""

from pathlib import Path

import pytest

from cozecheck.findings import Outcome, Report
from cozecheck.properties import failures
from cozecheck.spending import Budget
from cozecheck.views.lives import SCENARIO
from tests.properties.searches import searched, server
from tests.properties.stored_chat import StoredChat

OF_LIVES = ("properties.kept", "properties.gone", "properties.paged", "properties.foreign")


def outcomes(report: Report) -> dict[str, Outcome]:
    return {check.id: check.outcome for check in report.checks}


def steps(report: Report) -> list[str]:
    return [note.partition(": ")[2] for note in report.notes if ", step " in note]


def test_the_bundled_server_keeps_what_it_is_given() -> None:
    assert outcomes(searched(server(), chosen=OF_LIVES)) == dict.fromkeys(OF_LIVES, Outcome.PASS)


def test_a_failure_is_told_as_the_fewest_steps() -> None:
    made, deleted, asked = steps(searched(server("input-items-of-none"), chosen=OF_LIVES))

    assert made.startswith("id1=$(curl -sN -X POST http://in.process/v1/responses ")
    assert deleted.startswith('curl -sN -X DELETE http://in.process/v1/responses/"$id1" ')
    assert asked.startswith('curl -sN -X GET http://in.process/v1/responses/"$id1"/input_items ')


def test_a_failure_is_kept_and_sent_again(tmp_path: Path) -> None:
    report = searched(server("input-items-of-none"), chosen=OF_LIVES, folder=tmp_path)

    (id,) = failures.ids(tmp_path)
    again = failures.scenario(failures.read(id, tmp_path), tmp_path)
    assert again.id == SCENARIO
    assert report.findings[0].exchange == id


def test_the_same_seed_finds_the_same() -> None:
    one, two = (searched(server("later-page-last"), chosen=OF_LIVES, seed=7) for _ in range(2))

    assert [note[:60] for note in one.notes] == [note[:60] for note in two.notes] != []
    assert one.run.requests == two.run.requests


@pytest.mark.parametrize("most", [60, 200])
def test_a_budget_is_kept(most: int) -> None:
    report = searched(server("conversation-key-not-held"), chosen=OF_LIVES, budget=Budget(requests=most))

    assert 0 < report.run.requests <= most


def test_what_is_not_offered_is_unsupported() -> None:
    app = StoredChat().app()
    app.routes[:] = app.routes[:2]  # completions are answered, and not kept

    found = outcomes(searched(app, chosen=OF_LIVES))

    assert found["properties.kept"] is Outcome.UNSUPPORTED
    assert Outcome.FAIL not in found.values()


def test_stored_completions_are_asked_for_too() -> None:
    found = outcomes(searched(StoredChat().app(), chosen=OF_LIVES))

    assert [found[id] for id in OF_LIVES] == [Outcome.PASS, Outcome.PASS, Outcome.PASS, Outcome.UNSUPPORTED]


def test_a_deleted_completion_that_is_listed_is_found() -> None:
    report = searched(StoredChat(remembers=True).app(), chosen=OF_LIVES)

    assert {finding.id for finding in report.findings} == {"properties.gone"}
    assert [line.split()[3] for line in steps(report)] == ["POST", "DELETE", "GET"]
