"""A check in words."""

import pytest

from cozecheck import scenarios
from cozecheck.checks import ALL
from cozecheck.checks.successors import SUCCESSORS
from cozecheck.cli import run
from cozecheck.explaining import WIDTH, explained


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_every_check_is_explained(check: object) -> None:
    assert check in ALL
    text = explained(next(each for each in ALL if each is check), scenarios.ALL)
    lines = text.splitlines()
    labels = {line[:10].strip() for line in lines[2:] if line[:1].strip()}
    assert lines[0] == getattr(check, "id", "")
    assert {"level", "basis", "source", "breaks", "fix", "drawn by"} <= labels
    assert max(len(line) for line in lines if " " in line.strip()) <= WIDTH


def test_the_names_of_before_still_explain(capsys: pytest.CaptureFixture[str]) -> None:
    for before, now in SUCCESSORS.items():
        assert run(["explain", before]) == 0
        assert capsys.readouterr().out.startswith(f"{now}\n")
