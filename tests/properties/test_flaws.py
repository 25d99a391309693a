"""Every property dies of a flaw, and the server in order has none."""

import pytest

from cozecheck.findings import Outcome
from reference_server.flaws import FLAWS
from tests.properties.searches import PATIENCE, searched, server

OF_PROPERTIES = [name for name, flaw in FLAWS.items() if any(id.startswith("properties.") for id in flaw.fails)]

IMPATIENT = 2.0


@pytest.mark.parametrize("flaw", OF_PROPERTIES)
def test_a_flaw_fails_exactly_the_property_that_it_declares(flaw: str) -> None:
    patience = IMPATIENT if "properties.no-hang" in FLAWS[flaw].fails else PATIENCE
    report = searched(server(flaw), patience=patience)

    assert {finding.id for finding in report.findings} == set(FLAWS[flaw].fails)
    assert len({finding.operation for finding in report.findings}) == len(report.findings)
    assert [check.reason for check in report.checks if check.outcome is Outcome.ERROR] == []


def test_the_clean_server_has_every_property() -> None:
    report = searched(server())

    assert report.findings == ()
    assert {check.outcome for check in report.checks} == {Outcome.PASS}
    assert report.notes == ()
