"""Reports of earlier runs, read."""

from pathlib import Path

from cozecheck import texts
from cozecheck.findings import Report
from cozecheck.render.json import load


def read(path: Path) -> Report:
    """Read a JSON report; raises UsageError, naming the file, for what is none."""
    return load(texts.read(path), str(path))
