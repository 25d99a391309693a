"""The sample applications, beside what is known of them: everything is found, nothing is made up."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from cozecheck.scan import scan
from cozecheck.used import Uses
from docs.generate import ROOT

EXAMPLES = {"python": "desk", "typescript": "src"}
Row = tuple[str, int, str, str, str]


def key(example: str) -> Any:
    return yaml.safe_load((ROOT / "examples" / example / "key.yaml").read_text("utf-8"))


def written(example: str) -> set[Row]:
    rows = ((file, row) for file, rows in key(example)["found"].items() for row in rows)
    return {(file, line, kind, name, *(operation or [""])) for file, (line, kind, name, *operation) in rows}


@pytest.fixture(params=EXAMPLES)
def example(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Uses]:
    monkeypatch.chdir(ROOT / "examples" / request.param)
    return request.param, scan([Path(EXAMPLES[request.param])])


def test_every_use_is_found_and_none_is_invented(example: tuple[str, Uses]) -> None:
    name, uses = example
    found = {(each.file, each.line, each.kind.value, each.name, each.operation) for each in uses.found}
    assert found - written(name) == set()
    assert written(name) - found == set()


def test_what_is_unclear_is_listed(example: tuple[str, Uses]) -> None:
    name, uses = example
    expected = {(file, line) for file, lines in key(name)["unclear"].items() for line in lines}
    assert {(each.file, each.line) for each in uses.unclear} == expected
