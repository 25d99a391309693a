"""Recorded traffic, judged."""

import json
from pathlib import Path

import pytest

from cozecheck.checks import ALL
from cozecheck.errors import NoVerdictError, UsageError
from cozecheck.exchange import Exchange
from cozecheck.findings import Report
from cozecheck.judge import judge
from tests.recordings.test_jsonlines import entry


def judged(files: list[Path], progress: list[str] | None = None, stop_after: int = 99) -> Report:
    seen = [] if progress is None else progress

    def advance(exchange: Exchange) -> None:
        if len(seen) == stop_after:
            raise KeyboardInterrupt
        seen.append(exchange.id)

    return judge(files, ALL, strict=False, clock=lambda: 0.0, progress=advance)


def recording(folder: Path, name: str, exchanges: int) -> Path:
    path = folder / name
    path.write_text((json.dumps(entry()) + "\n") * exchanges)
    return path


def test_all_files_are_judged_in_turn(tmp_path: Path) -> None:
    seen: list[str] = []
    files = [recording(tmp_path, "a", 2), recording(tmp_path, "b", 1)]
    report = judged(files, seen)
    assert seen == ["a:1", "a:2", "b:1"]
    assert (report.kind, report.run.requests, report.run.interrupted) == ("judge", 3, False)
    assert report.target.files == tuple(map(str, files))
    assert [check.id for check in report.checks] == [check.id for check in ALL]
    assert {finding.exchange for finding in report.findings} == {"a:1", "a:2", "b:1"}


def test_nothing_to_judge_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(NoVerdictError, match="nothing to judge: no exchange in "):
        judged([recording(tmp_path, "a", 0)])


def test_a_file_that_is_none_stops_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        judged([recording(tmp_path, "a", 1), tmp_path / "none"])


def test_what_was_judged_before_an_interruption_is_kept(tmp_path: Path) -> None:
    report = judged([recording(tmp_path, "a", 5)], stop_after=2)
    assert (report.run.requests, report.run.interrupted) == (2, True)


def test_an_interruption_before_anything_was_judged_goes_on(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        judged([recording(tmp_path, "a", 5)], stop_after=0)
