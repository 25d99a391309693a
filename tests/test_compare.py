"""Reports side by side."""

import json
from pathlib import Path

import pytest

from cozecheck.cli import run
from cozecheck.compare import Change, Tally, compare
from cozecheck.findings import Outcome, Report
from cozecheck.render import comparison
from cozecheck.render import json as as_json
from tests.render.examples import HOSTILE, check, report

P, F, S = Outcome.PASS, Outcome.FAIL, Outcome.SKIP


def told(**outcomes: Outcome) -> Report:
    return report(checks=tuple(check(f"chat.{name}", outcome) for name, outcome in outcomes.items()))


ONE, TWO = told(a=P, b=F, c=F, d=P), told(a=F, b=P, c=F, e=P)
FOUND = compare([("one.json", ONE), ("two.json", TWO)])


def test_each_check_is_laid_beside_itself() -> None:
    assert {row.check: (row.outcomes, row.change) for row in FOUND.rows} == {
        "chat.a": ((P, F), Change.NEW),
        "chat.b": ((F, P), Change.FIXED),
        "chat.c": ((F, F), Change.STILL),
        "chat.d": ((P, None), Change.OTHER),
        "chat.e": ((None, P), Change.OTHER),
    }


def test_families_are_counted_by_report() -> None:
    assert FOUND.families == (("chat", (Tally(2, 4), Tally(2, 4))),)


def test_what_was_not_judged_is_not_counted() -> None:
    found = compare([("a", told(a=S)), ("b", told(a=P))])
    assert found.families == (("chat", (Tally(0, 0), Tally(1, 1))),)


def test_the_last_is_held_against_the_first() -> None:
    found = compare([("a", told(a=P)), ("b", told(a=F)), ("c", told(a=P))])
    assert found.rows[0].change is Change.SAME
    assert found.rows[0].differs


def test_the_text_says_what_changed() -> None:
    text = comparison.text(FOUND)
    assert text.splitlines()[-1] == "B beside A: 1 check newly fails, 1 check is fixed, 1 check still fails"
    assert "A  one.json  conforms" in text
    assert "chat.a pass fail new" in [" ".join(line.split()) for line in text.splitlines()]


@pytest.mark.parametrize("name", comparison.FORMATS)
def test_hostile_names_are_shown_and_not_obeyed(name: str) -> None:
    said = comparison.FORMATS[name](compare([(HOSTILE, told(a=P)), (HOSTILE, told(**{HOSTILE: F}))]))
    assert all(each.isprintable() or each == "\n" for each in said)
    assert name in ("text", "json") or "<img" not in said


def test_the_command_compares_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    for file, each in zip(files, (ONE, TWO), strict=True):
        file.write_text(as_json.render(each), "utf-8")
    names = list(map(str, files))
    assert run(["compare", *names, "--report", f"json={tmp_path / 'c.json'}"]) == 0
    assert json.loads((tmp_path / "c.json").read_text("utf-8"))["checks"][0]["change"] == "new"
    assert run(["compare", *names, "--fail-on-new", "--quiet"]) == 1
    assert capsys.readouterr().out.endswith("B beside A: 1 check newly fails, 1 check is fixed, 1 check still fails\n")
    assert run(["compare", names[0]]) == 2
    assert run(["compare", names[0], str(tmp_path / "gone.json")]) == 2
    assert run(["compare", *names, "--report", "sarif=x"]) == 2
