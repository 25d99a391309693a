"""The documentation as a site: it builds, its links hold, and it loads nothing from elsewhere."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from docs.generate import ROOT

OUTSIDE = re.compile(r"\.\./(README|CONTRIBUTING|CHANGELOG)\.md")
"""Pages of the repository that the site has not."""
LOADED = re.compile(r'<(?:script|link|img|iframe)[^>]+(?:src|href)="(https?:)?//')


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(ROOT / "zensical.toml", folder)
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("__pycache__"))
    program = [str(Path(sys.executable).parent / "zensical"), "build"]
    environment = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "dist" / "site", re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)


def test_every_page_is_there(built: tuple[Path, str]) -> None:
    pages = {path.relative_to(ROOT / "docs").with_suffix("") for path in (ROOT / "docs").rglob("*.md")}
    assert [page for page in pages if not (built[0] / page / "index.html").is_file()] == []


def test_links_between_pages_hold(built: tuple[Path, str]) -> None:
    warnings = built[1].split("Warning:")[1:]
    assert [warning for warning in warnings if not OUTSIDE.search(warning)] == []


def test_nothing_is_loaded_from_elsewhere(built: tuple[Path, str]) -> None:
    assert [page for page in built[0].rglob("*.html") if LOADED.search(page.read_text("utf-8"))] == []
