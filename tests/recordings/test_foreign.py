"""Recordings that other recorders made, where they stand beside this folder: all are read, and nothing fails."""

from pathlib import Path

import pytest

from cozecheck import recordings
from cozecheck.checks import ALL
from cozecheck.checks.judging import Bench
from cozecheck.findings import DEPARTURE, Outcome

FOREIGN = Path(__file__).parents[3] / "shared" / "recordings" / "foreign"
if not FOREIGN.is_dir():
    pytest.skip(
        "left out: foreign recordings; put them at ../shared/recordings/foreign and run pytest tests/recordings",
        allow_module_level=True,
    )
FILES = tuple(recordings.files([FOREIGN]))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_is_read_and_nothing_in_it_fails(path: Path) -> None:
    bench = Bench(ALL)
    read = list(recordings.read(path))
    for recording in read:
        bench.judge(recording.exchange)
    failed = [each.check.id for each in bench.departures if DEPARTURE[each.check.level] is Outcome.FAIL]
    assert read
    assert failed == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_its_name_says_nothing(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "it.bin"
    copy.write_bytes(path.read_bytes())
    assert [each.format for each in recordings.read(copy)] == [each.format for each in recordings.read(path)]
