"""Every format, held against the text that it should be."""

import pytest

from tests.render.snapshots import FOLDER, rendered

RENDERED = dict(rendered())


@pytest.mark.parametrize("file", RENDERED)
def test_the_report_is_what_it_was(file: str) -> None:
    assert (FOLDER / file).read_text(encoding="utf-8") == RENDERED[file]


def test_no_snapshot_is_left_over() -> None:
    assert {each.name for each in FOLDER.iterdir()} == set(RENDERED)
