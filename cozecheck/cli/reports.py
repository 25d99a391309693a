"""Reports of earlier runs, read."""

from pathlib import Path

import typer

from cozecheck import texts
from cozecheck.cli.options import blaming
from cozecheck.errors import UsageError
from cozecheck.findings import Report
from cozecheck.locating import locate
from cozecheck.render.json import load
from cozecheck.used import Uses


def read(path: Path) -> Report:
    """Read a JSON report; raises UsageError, naming the file, for what is none."""
    return load(texts.read(path), str(path))


def uses(context: typer.Context, path: Path | None) -> Uses | None:
    """Read what a scan found; raises UsageError where the report is of no scan."""
    if path is None:
        return None
    with blaming(context, "uses"):
        found = read(path).uses
        if found is None:
            raise UsageError(f"{path}: a report of no scan; `cozecheck scan --report json={path}` writes one")
    return found


def located(report: Report, found: Uses | None) -> Report:
    """Say of every finding which code relies on it, if a scan is at hand."""
    return locate(report, found) if found else report
