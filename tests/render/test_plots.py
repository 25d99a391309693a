"""Plots: drawn alike each time, without script, and readable in a real browser."""

import shutil
import subprocess
from pathlib import Path

import pytest

from cozecheck.measured import Second
from cozecheck.render.html import render
from cozecheck.render.plots import plots, thinned
from tests.render.loads import loaded, measured, second

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def test_the_same_load_is_drawn_the_same() -> None:
    assert list(plots(measured())) == list(plots(measured()))


def test_what_there_is_is_drawn() -> None:
    assert len(list(plots(measured()))) == 6
    assert list(plots(measured(series=(), measures=()))) == []


def test_a_plot_loads_nothing_and_runs_nothing() -> None:
    page, _, _ = render(loaded()).partition("<dialog")  # of what follows, the page's own script, other tests tell
    for each in ("<script", "<!--", "href=", "src=", "url(", "@import"):
        assert each not in page


def test_a_long_run_is_thinned_to_means() -> None:
    seen = list(thinned([second(number % 30) for number in range(3600)]))
    assert len(seen) == 240
    assert list(thinned([Second(1.0), Second(2.0)])) == [Second(1.0), Second(2.0)]


@pytest.mark.skipif(CHROMIUM is None, reason="no browser: apt-get install chromium")
@pytest.mark.parametrize("dark", [0, 1], ids=["dark", "light"])
def test_a_browser_shows_it_and_complains_of_nothing(dark: int, tmp_path: Path) -> None:
    page, shot = tmp_path / "load.html", tmp_path / "load.png"
    page.write_text(render(loaded()), "utf-8")
    assert CHROMIUM is not None
    command = [
        CHROMIUM,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-logging=stderr",
        f"--user-data-dir={tmp_path / 'profile'}",
        f"--blink-settings=preferredColorScheme={dark}",
        "--window-size=1000,1200",
        f"--screenshot={shot}",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        page.as_uri(),
    ]
    said = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stderr
    assert [line for line in said.splitlines() if "CONSOLE" in line] == []
    dumped = subprocess.run(
        [*command[:5], f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    assert dumped.count("<figure>") == 6
    assert shot.stat().st_size > 20_000  # a blank page has a tenth of that
