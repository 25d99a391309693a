"""The golden set, replayed: nothing of it breaks with the bundled server."""

import json
from typing import Any

import pytest

from cozecheck.cli import run
from tests.golden import FOLDER, every

KEYS_ON_THE_SIDE = {"/billing"}
"""A server at home bills nobody; all else that OpenAI's answers have is there."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("replay") / "r.json"
    code = run(["replay", str(FOLDER), "--no-progress", "--quiet", f"--report=json={path}"])
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    assert code == found["summary"]["exit_code"]
    return found


def test_nothing_breaks(report: dict[str, Any]) -> None:
    broken = [
        (each["id"], each["exchange"], each["at"], each["expected"], each["actual"])
        for each in report["findings"]
        if each["outcome"] == "fail"
    ]
    assert broken == []
    assert report["summary"]["exit_code"] == 0


def test_all_of_it_is_sent_but_what_says_why_not(report: dict[str, Any], record_property: Any) -> None:
    counts = report["replay"]
    left = {each["reason"]: each["count"] for each in counts["skipped"]}
    assert counts["read"] == len(every())
    assert counts["sent"] + sum(left.values()) == counts["read"]
    assert {*left} - OF_THE_ROAD == {each.notes["reason"] for each in every() if not each.is_replayable}
    record_property("golden set replayed", f"{counts['compared']} of {counts['read']} compared")


OF_THE_ROAD = {"it is no request to OpenAI's API", "the answer that gives what it needs did not give it"}
"""The second where a batch takes longer than it is waited for: it has no output yet."""


def test_no_key_is_missing(report: dict[str, Any]) -> None:
    gone = {
        each["at"]
        for each in report["findings"]
        if each["id"].startswith("diff.structure.") and each["actual"] == "absent"
    }
    assert gone <= KEYS_ON_THE_SIDE
