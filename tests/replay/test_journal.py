"""The journal: what was done is known again, what was being written is done again, another run's is refused."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cozecheck.checks.judging import Tally
from cozecheck.diff import Severity
from cozecheck.errors import NoVerdictError, UsageError
from cozecheck.replay.journal import Journal
from cozecheck.replay.ledger import Entry
from tests.render.examples import finding
from tests.replay.cassettes import HEADING

FULL = Entry(
    position=7,
    exchange="a.yaml:7",
    operation="chat.completions.create",
    requests=2,
    tokens=30,
    answered=True,
    held=("transport.responds", "chat.object"),
    tallies={"chat.id": Tally(judged=1, failed=1), "request.n": Tally(unsupported="n is refused")},
    rules={"diff.finish.reason": Severity.BREAKING},
    noise={"diff.value.free": 3},
    used=(1,),
    findings=(finding("diff.finish.reason", actual={"a": [None, 1.5]}, evidence=("x",), breaks=("y", "z")),),
    gave=({"resp_1": "resp_9"}, {}),
)
SHORT = Entry(8, "a.yaml:8", skipped="its method is 'BREW'")


def written(path: Path, *entries: Entry) -> None:
    with Journal(path, HEADING, resume=False) as journal:
        for entry in entries:
            journal.add(entry)


def read(path: Path) -> list[Entry]:
    with Journal(path, HEADING, resume=True) as journal:
        return list(journal.done())


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    written(tmp_path / "deep" / "j", FULL, SHORT, replace(FULL, position=9))
    assert read(tmp_path / "deep" / "j") == [FULL, SHORT, replace(FULL, position=9)]


def test_each_line_is_on_disk_before_the_next(tmp_path: Path) -> None:
    with Journal(tmp_path / "j", HEADING, resume=False) as journal:
        journal.add(SHORT)
        assert read(tmp_path / "j") == [SHORT]


def test_a_line_that_was_being_written_is_written_over(tmp_path: Path) -> None:
    path = tmp_path / "j"
    written(path, FULL, SHORT)
    path.write_bytes(path.read_bytes()[:-9])
    with Journal(path, HEADING, resume=True) as journal:
        assert list(journal.done()) == [FULL]
        journal.add(SHORT)
    assert read(path) == [FULL, SHORT]


def test_a_run_that_goes_on_names_sets_of_checks_as_before(tmp_path: Path) -> None:
    written(tmp_path / "j", FULL)
    with Journal(tmp_path / "j", HEADING, resume=True) as journal:
        assert list(journal.done()) == [FULL]
        journal.add(replace(FULL, position=8))
        journal.add(replace(FULL, position=9, held=("transport.responds",)))
    assert [entry.held for entry in read(tmp_path / "j")] == [FULL.held, FULL.held, ("transport.responds",)]
    assert (tmp_path / "j").read_text().count('"set"') == 2


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        (replace(HEADING, cassettes="x"), "the journal is of other recordings; leave out --resume"),
        (replace(HEADING, target="x"), "the journal is of another target; leave out --resume"),
        (replace(HEADING, options="x"), "the journal is of other options; leave out --resume"),
        (replace(HEADING, journal=2), "the journal is of another version; leave out --resume"),
    ],
)
def test_the_journal_of_another_run_is_refused(heading: Any, words: str, tmp_path: Path) -> None:
    written(tmp_path / "j", SHORT)
    with pytest.raises(UsageError, match=words):
        Journal(tmp_path / "j", heading, resume=True)


@pytest.mark.parametrize("text", ["", "\n", "[]\n", "7\n", "{\n", "\x00\n", "null\n"])
def test_what_is_no_journal_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "j").write_text(text)
    with pytest.raises(UsageError, match="journal"):
        Journal(tmp_path / "j", HEADING, resume=True)


@pytest.mark.parametrize("line", ["7", "{}", '{"done": 1}', '{"done": 1, "exchange": "x", "held": 5}', '{"set": 1}'])
def test_a_line_that_is_no_entry_is_refused(line: str, tmp_path: Path) -> None:
    written(tmp_path / "j")
    with (tmp_path / "j").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(UsageError, match="not a journal of cozecheck replay"):
        read(tmp_path / "j")


def test_no_journal_is_nothing_to_resume(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to resume: there is no journal"):
        Journal(tmp_path / "j", HEADING, resume=True)


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"the journal .* cannot be written: Is a directory"):
        Journal(tmp_path, HEADING, resume=False)


def test_a_full_disk_ends_the_run() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full, which Linux has")
    with pytest.raises(NoVerdictError, match="cannot be written: No space left"):
        Journal(Path("/dev/full"), HEADING, resume=False)


def test_it_is_lines_of_json(tmp_path: Path) -> None:
    written(tmp_path / "j", FULL, SHORT)
    assert all(isinstance(json.loads(line), dict) for line in (tmp_path / "j").read_text().splitlines())
