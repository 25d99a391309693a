"""Sources to scan, written into the working directory."""

import textwrap
from pathlib import Path

from cozecheck.scan import scan
from cozecheck.used import Uses


def scanned(folder: Path, **files: str) -> Uses:
    """Scan files, by their names with `_` for the dot before the ending: `a_py="..."`."""
    for name, text in files.items():
        stem, _, ending = name.rpartition("_")
        path = folder / f"{stem.replace('__', '/')}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), "utf-8")
    return scan([folder])


def told(uses: Uses) -> set[str]:
    """Tell uses by kind and name."""
    return {f"{each.kind} {each.name}" for each in uses.found}


def doubts(uses: Uses) -> list[tuple[int, str]]:
    """Tell what is unclear by line and reason."""
    return [(each.line, each.why) for each in uses.unclear]
