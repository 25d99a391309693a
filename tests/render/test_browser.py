"""Pages in headless Chromium: nothing is loaded, axe finds nothing, keys do what they say, long lists scroll."""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from cozecheck.compare import compare
from cozecheck.findings import Outcome, Report
from cozecheck.render import comparison, html
from tests.browser import look
from tests.render.examples import every_outcome, finding, hostile, passing, report
from tests.render.gates import gated, hostile_gate, scanned
from tests.render.loads import loaded
from tests.render.plans import planned

REPORTS: dict[str, Callable[[], Report]] = {
    "every outcome": every_outcome,
    "passing": passing,
    "hostile": hostile,
    "gated": gated,
    "hostile gate": hostile_gate,
    "scanned": scanned,
    "loaded": loaded,
    "planned": planned,
}
VIEWS = [(size, scheme) for size in ("desktop", "phone") for scheme in ("light", "dark")]
FEW, MANY = 30, 1_000


def written(folder: Path, told: str) -> str:
    file = folder / "report.html"
    file.write_text(told, "utf-8")
    return str(file)


def departed() -> Report:
    """Build a report with two failures and a warning."""
    ids = ("chat.id", "chat.stream.done-terminator")
    return report(*map(finding, ids), finding("errors.param-named", Outcome.WARN))


@pytest.mark.parametrize("name", REPORTS)
def test_it_is_accessible_and_loads_nothing(name: str, tmp_path: Path) -> None:
    file = written(tmp_path, html.render(REPORTS[name]()))
    jobs = [{"look": "accessible", "file": file, "size": size, "scheme": scheme} for size, scheme in VIEWS]
    clean = {"errors": [], "requests": [], "complaints": [], "outside": 0}
    assert look(*jobs) == [clean] * len(VIEWS)


def test_so_is_a_comparison(tmp_path: Path) -> None:
    told = comparison.html(compare([("one", passing()), ("two", every_outcome())]))
    (seen,) = look({"look": "accessible", "file": written(tmp_path, told), "size": "phone"})
    assert seen == {"errors": [], "requests": [], "complaints": [], "outside": 0}


def test_keys_do_what_they_say(tmp_path: Path) -> None:
    (seen,) = look({"look": "keys", "file": written(tmp_path, html.render(departed()))})
    everything = ["chat.id", "chat.stream.done-terminator", "errors.param-named"]
    assert seen["errors"] == []
    assert (seen["all"], seen["cleared"]) == (everything, everything)
    assert seen["searched"] == ["chat.stream.done-terminator"]
    assert seen["hash"] == "#?q=done-term"
    assert seen["withoutFailures"] == ["errors.param-named"]
    assert (seen["first"], seen["second"], seen["back"]) == (everything[0], everything[1], everything[0])
    assert seen["open"] is False  # failures are open from the start
    assert seen["before"] != seen["after"]
    assert seen["helped"] is True


def restored(tmp_path: Path, hash: str) -> dict[str, Any]:
    file = written(tmp_path, html.render(departed()))
    (seen,) = look({"look": "restored", "file": file, "hash": hash})
    return seen


def test_an_address_shows_what_it_was_kept_for(tmp_path: Path) -> None:
    assert restored(tmp_path, "#?q=param")["shown"] == ["errors.param-named"]
    assert restored(tmp_path, "#?without=fail")["shown"] == ["errors.param-named"]
    assert "errors.param-named" in restored(tmp_path, "#errors.param-named")["open"]


def test_without_a_script_everything_is_there(tmp_path: Path) -> None:
    (seen,) = look({"look": "plain", "file": written(tmp_path, html.render(departed())), "script": False})
    assert seen["shown"] == ["chat.id", "chat.stream.done-terminator", "errors.param-named"]
    assert seen["tools"] == "none"


def test_a_thousand_departures_scroll_as_thirty_do(tmp_path: Path) -> None:
    files = []
    for count in (FEW, MANY):
        told = report(*(finding(f"chat.id-{number}", actual="x" * 300) for number in range(count)))
        files.append(tmp_path / f"{count}.html")
        files[-1].write_text(html.render(told), "utf-8")
    few, many = look(*({"look": "scrolled", "file": str(file)} for file in files))
    assert (few["count"], many["count"]) == (FEW, MANY)
    assert len(many["frames"]) > 100
    assert median(many["frames"]) < 3 * median(few["frames"])
