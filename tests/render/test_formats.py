"""What holds for every format."""

import pytest

from cozecheck.findings import Report
from cozecheck.render import FORMATS
from tests.render.examples import HOSTILE, every_outcome, finding, hostile, passing, report


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_text_is_shown_and_not_obeyed(name: str) -> None:
    said = FORMATS[name](hostile())
    assert all(each.isprintable() or each == "\n" for each in said.replace("\ufe0f", ""))
    said.encode("utf-8")


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_report_can_be_told(name: str) -> None:
    assert FORMATS[name](report()).endswith("\n")


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"json"}))
def test_a_huge_value_is_cut(name: str) -> None:
    assert len(FORMATS[name](report(finding("chat.id", actual="x" * 10_000_000)))) < 50_000


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - {"json", "junit", "sarif"}))
@pytest.mark.parametrize(("told", "words"), [(passing(), "conforms"), (every_outcome(), "does not conform")])
def test_the_verdict_is_told(name: str, told: Report, words: str) -> None:
    assert words in FORMATS[name](told)


def test_the_hostile_text_is_hostile() -> None:
    assert not HOSTILE.isprintable()
