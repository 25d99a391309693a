"""`cozecheck fidelity`: measured once, and held against the first time."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cozecheck import tool_cases
from cozecheck.cli import run
from tests.cli.commands import complaint

FEW = tuple(case for case in tool_cases.cases() if case.id.startswith(("currency", "weather", "none-g")))
TWICE = ["fidelity", "--repeats", "2"]


@pytest.fixture(autouse=True)
def only_few_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool_cases, "cases", lambda: FEW)


def test_a_report_is_the_reference_of_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*TWICE, "--report", "json=r.json"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("MEASURED")
    plan = f"the bundled server, model gpt-4o-mini: {len(FEW)} cases, 2 times, whole and streamed, "
    assert err.startswith(f"{plan}{len(FEW) * 4 + 2} requests and about ")
    assert run([*TWICE, "--reference", "r.json", "--flaw", "tool-arguments-cut"]) == 1
    assert capsys.readouterr().out.startswith("DOES NOT CONFORM")
    assert run([*TWICE, "--reference", "r.json", "--quiet"]) == 0
    out, err = capsys.readouterr()
    assert (out.startswith("conforms: 14 pass; "), out.count("\n"), err) == (True, 1, "")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "judge"}, "a report of `cozecheck fidelity` is needed, not of `cozecheck judge`"),
        ({"fidelity": {"trials": [{"case": "x"}]}}, "not a cozecheck report: fidelity.trials[0].stream is missing"),
        ({"fidelity": {}}, "two repeats or more are needed, to see how far the reference differs from itself"),
    ],
)
def test_what_is_no_reference_is_one_line(
    changes: Mapping[str, Any], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    document = {
        "schema": 1,
        "kind": "fidelity",
        "tool": {"name": "cozecheck", "version": "1", "openai": "1"},
        "target": {},
        "run": {"started": "2026-11-22T10:00:00Z", "seconds": 1},
        "checks": [],
        "findings": [],
    }
    Path("r.json").write_text(json.dumps(document | dict(changes)))
    assert complaint(capsys, [*TWICE, "--reference", "r.json"], 2) == f"--reference: r.json: {words}"


def test_nobody_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    nobody = ["--base-url", "http://127.0.0.1:9/v1"]
    assert complaint(capsys, [*TWICE, *nobody], 3).startswith("http://127.0.0.1:9/v1 cannot be judged: cannot connect")


def test_a_budget_that_does_not_reach(capsys: pytest.CaptureFixture[str]) -> None:
    words = complaint(capsys, [*TWICE, "--max-requests", "9"], 3)
    assert words.startswith(f"the budget is too small: this takes up to {len(FEW) * 4 + 2} requests and ")
