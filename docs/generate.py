"""Writes what is generated: `make docs`."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from docs import checks, commands, coze, examples, kill_matrix, replay_matrix, report, scenarios, traceability

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "docs" / "guide.md"
PAGES: Mapping[str, Callable[[], str]] = {
    "checks.md": checks.page,
    "commands.md": commands.page,
    "coze.md": coze.page,
    "kill-matrix.md": kill_matrix.page,
    "replay-matrix.md": replay_matrix.page,
    "report.md": report.page,
    "scenarios.md": scenarios.page,
    "traceability.md": traceability.page,
}
"""The generated pages of this folder; the guide is written by hand, what its examples print is not."""


def main() -> None:
    """Write every page, and what the examples of the guide print today."""
    for name, page in PAGES.items():
        _write(Path(__file__).with_name(name), page())
    _write(GUIDE, examples.refreshed(GUIDE.read_text("utf-8")))


def _write(path: Path, text: str) -> None:
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8", newline="\n")
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
