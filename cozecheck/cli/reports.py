"""Reports of earlier runs, read."""

from pathlib import Path

from cozecheck.errors import UsageError
from cozecheck.findings import Report
from cozecheck.render.json import load


def read(path: Path) -> Report:
    """Read a JSON report; raises UsageError, naming the file, for what is none."""
    try:
        return load(path.read_text("utf-8"), str(path))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8 text") from None
