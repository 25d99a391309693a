"""The checklist and the uses in every format that tells them in words."""

from dataclasses import replace

import pytest

from cozecheck.findings import Report
from cozecheck.listed import State
from cozecheck.render import markdown, scanned, text
from tests.render.gates import CHECKLIST, USES, gated, hostile_gate
from tests.render.gates import scanned as scan_report


def test_the_terminal_tells_what_is_open_and_how_to_settle_it() -> None:
    told = text.render(gated())
    assert "checklist: 2 unmet, 1 unknown, 1 met, 1 signed" in told
    assert "settle it: `cozecheck conformance --select chat`" in told
    assert "openai-python: chat.schema" in told
    assert "It is slow?" in told
    assert "your code desk/chat.py:31, desk/tools.py:25" in told


def test_markdown_has_a_box_for_each_item() -> None:
    told = markdown.render(gated()).splitlines()
    boxes = [line for line in told if line.startswith("  - [")]
    assert len(boxes) == len(CHECKLIST.items)
    ticked = sum(item.state in (State.MET, State.SIGNED) for item in CHECKLIST.items)
    assert sum(line.startswith("  - [x]") for line in boxes) == ticked


def test_markdown_has_a_row_for_each_use() -> None:
    told = markdown.render(gated())
    assert "| parameter seed | desk/chat.py:26 |" in told
    assert "**unclear** desk/limits.py:15: where its client comes from is not known" in told


def test_hostile_words_are_no_markup() -> None:
    told = markdown.render(hostile_gate())
    assert "<img" not in told
    assert "</script>" not in told


def test_a_scan_is_told_by_operation() -> None:
    told = scanned.render(scan_report())
    assert told.startswith("5 uses of 2 operations in 9 files, 1 unclear")
    assert "chat.completions.create  by openai-python" in told
    assert "called  tapes/search.har" in told
    assert told.splitlines()[-1] == "scan: 5 uses of 2 operations in 9 files, 1 unclear; 0.1 s; exit code 0"


@pytest.mark.parametrize("report", [scan_report(), replace(scan_report(), uses=None)])
def test_a_quiet_run_prints_its_last_line(report: Report) -> None:
    assert scanned.render(report).splitlines()[-1].startswith("scan: ")


def test_every_use_is_told_once() -> None:
    told = [use for _, own in scanned.grouped(USES) for _, _, uses in scanned.gathered(own) for use in uses]
    assert sorted(told, key=str) == sorted(USES.found, key=str)
