"""What there is, as rows and as a table."""

import json

import pytest

from cozecheck import scenarios
from cozecheck.catalogue import rows, table
from cozecheck.checks import ALL
from cozecheck.checks.registry import FAMILIES
from cozecheck.cli import run
from cozecheck.cli.listing import KINDS
from cozecheck.load.profiles import NAMES
from reference_server.flaws import FLAWS


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("checks", [check.id for check in ALL]),
        ("scenarios", [each.id for each in scenarios.ALL]),
        ("families", list(FAMILIES)),
        ("profiles", ["all", "core", "strict", "openai-python", "openai-node", *NAMES]),
        ("flaws", list(FLAWS)),
    ],
)
def test_everything_is_listed_by_its_name(kind: str, names: list[str]) -> None:
    assert [next(iter(row.values())) for row in rows(kind)] == names


def test_counts_are_of_what_is_there() -> None:
    assert sum(row["checks"] for row in rows("families")) == len(ALL)
    assert rows("profiles")[0]["checks"] == len(ALL)
    assert "chat.completions.create" in {row["name"] for row in rows("operations")}


@pytest.mark.parametrize("kind", KINDS)
def test_a_list_is_printed(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["list", kind]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert run(["list", kind, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == len(lines)


def test_columns_line_up() -> None:
    assert list(table([{"a": "x", "b": 1, "c": "long"}, {"a": "yyy", "b": 22, "c": ""}])) == [
        "x    1   long",
        "yyy  22  ",
    ]
    assert list(table([])) == []
