"""The tutorial and the how-to pages: their files written, their commands run, in order, as they stand."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.generate import ROOT
from docs.markdown import blocks
from reference_server.app import create_app
from tests.reference import KEY, settings
from tests.servers import running

TUTORIAL = ROOT / "docs" / "tutorial.md"
PAGES = [*sorted((ROOT / "docs" / "how-to").glob("*.md")), ROOT / "docs" / "scan.md", ROOT / "docs" / "pytest.md"]
EXPECTED_TO_FAIL = "! "
RUNNING = 240


def lay_out(page: str, folder: Path) -> Iterator[str]:
    """Write each file when its place in the page comes; yield the commands in between."""
    for block in blocks(page):
        if block.language == "sh":
            yield from block.text.splitlines()
        elif block.name:
            path = folder / block.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")


def play(page: Path, folder: Path, **given: str) -> list[tuple[str, int, str]]:
    """Run the commands of a page in one shell after the other; what one exports the next ones have."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("COZECHECK_", "OPENAI_"))}
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = {**kept, "PATH": path, "NO_COLOR": "1", **given}
    exports: list[str] = []
    done: list[tuple[str, int, str]] = []
    for line in lay_out(page.read_text("utf-8"), folder):
        if line.startswith("export "):
            exports.append(line)
            continue
        script = "\n".join((*exports, line.removeprefix(EXPECTED_TO_FAIL)))
        ran = subprocess.run(
            ["bash", "-c", script],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=RUNNING,
        )
        done.append((line, ran.returncode, ran.stdout))
    return done


@pytest.mark.timeout(600)
def test_the_tutorial_ends_with_a_green_gate(tmp_path: Path) -> None:
    done = play(TUTORIAL, tmp_path)
    for line, code, output in done:
        assert code == int(line.startswith(EXPECTED_TO_FAIL)), f"{line}\n{output}"
    by_line = {line: output for line, _, output in done}
    assert "app/ask.py:10  the model comes from the environment: ASK_MODEL" in by_line["cozecheck scan app"]
    assert by_line["cozecheck gate"].rstrip().endswith("exit code 0")
    assert "unmet     parameters.streaming" in by_line["! cozecheck gate --flaw stream-no-done"]
    assert '"uri": "app/ask.py"' in (tmp_path / "findings.sarif").read_text("utf-8")
    signed = next(output for line, output in by_line.items() if "--require 'rollback.*'" in line)
    assert "signed    inventory.understood, rollback.rehearsed" in signed


@pytest.mark.timeout(600)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_how_to_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    """The bundled server stands where the engine would be."""
    with running(create_app(settings())) as base_url:
        for line, code, output in play(page, tmp_path, BASE_URL=base_url, OPENAI_API_KEY=KEY):
            assert code == 0, f"{line}\n{output}"
