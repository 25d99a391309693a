"""SARIF, as the readers of it want it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cozecheck.findings import Report
from cozecheck.render.sarif import render
from tests.npm import missing
from tests.render.examples import every_outcome, finding, hostile, passing, report
from tests.render.gates import gated, scanned

PROJECT = Path(__file__).parent / "sarif"
REPORTS = {"every outcome": every_outcome, "passing": passing, "hostile": hostile, "gated": gated, "scanned": scanned}


def run(told: Report) -> Any:
    return json.loads(render(told))["runs"][0]


def complaints(file: Path) -> list[str]:
    """Validate against the OASIS schema, by the tool of its editors; return what it complains of."""
    if why := missing(PROJECT):
        pytest.skip(f"SARIF is not validated: {why}")
    command = [str(PROJECT / "node_modules" / ".bin" / "sarif-multitool"), "validate", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert "Analysis completed" in done.stdout, done.stdout + done.stderr
    return [line for line in done.stdout.splitlines() if ": error " in line or ": warning " in line]


@pytest.mark.parametrize("name", REPORTS)
def test_it_validates_against_the_schema_of_oasis(name: str, tmp_path: Path) -> None:
    file = tmp_path / "report.sarif"
    file.write_text(render(REPORTS[name]()), "utf-8")
    # One remark is expected, and shows that the whole was read: there is no page to point to.
    (remark,) = complaints(file)
    assert "'informationUri'" in remark


def test_the_validator_sees_what_is_wrong(tmp_path: Path) -> None:
    document = json.loads(render(gated()))
    document["runs"][0]["results"][0]["message"] = {"txt": "?"}
    file = tmp_path / "report.sarif"
    file.write_text(json.dumps(document), "utf-8")
    assert any("error JSON" in line for line in complaints(file))


def test_a_finding_points_into_the_code() -> None:
    result = run(gated())["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("desk/chat.py", 31)
    assert len(result["relatedLocations"]) == 1


def test_without_a_scan_it_names_the_operation_and_the_file_that_names_the_target() -> None:
    (result,) = run(report(finding("chat.id")))["results"]
    (location,) = result["locations"]
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "chat.completions.create"
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "cozecheck.toml"


@pytest.mark.parametrize("name", REPORTS)
def test_every_result_is_in_a_file_as_github_wants_it(name: str) -> None:
    for result in run(REPORTS[name]())["results"]:
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1


def test_what_is_accepted_is_suppressed() -> None:
    suppressed = [result["ruleId"] for result in run(gated())["results"] if result["suppressions"]]
    assert suppressed == ["chat.stream.done-terminator"]


def test_where_nothing_is_accepted_nothing_is_said_of_it() -> None:
    assert all("suppressions" not in result for result in run(report(finding("chat.id")))["results"])


def test_a_finding_is_the_same_in_another_run() -> None:
    one, other = (
        run(report(finding("chat.id", exchange=number, actual=number)))["results"][0]["partialFingerprints"]
        for number in ("0001", "0002")
    )
    assert one == other


def test_no_more_is_sent_than_is_taken() -> None:
    told = report(*(finding("chat.id", at=f"/choices/{number}") for number in range(6_000)))
    assert len(run(told)["results"]) == 5_000
    (notification,) = run(told)["invocations"][0]["toolExecutionNotifications"]
    assert "6000 findings" in notification["message"]["text"]
