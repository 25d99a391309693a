"""A scan, as a command wants it: a report, and the profile that follows from it."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from cozecheck import profiles
from cozecheck import scan as road
from cozecheck.checks import ALL
from cozecheck.checks.conclusion import TOOL, moment
from cozecheck.contract.operations import OPERATIONS
from cozecheck.findings import Report, Run, Target
from cozecheck.scan import selecting


def scan(paths: Sequence[Path], progress: Callable[[str], None] = lambda _: None) -> Report:
    """Scan code and recordings; raises UsageError for what is not there."""
    started = time.time()
    uses = road.scan(paths, progress)
    unjudged = selecting.unjudged(uses, (each.name for each in OPERATIONS))
    return Report(
        kind="scan",
        tool=TOOL,
        target=Target(files=tuple(path.as_posix() for path in paths)),
        run=Run(moment(started), round(time.time() - started, 3)),
        checks=(),
        findings=(),
        notes=(f"no check judges {', '.join(unjudged)}",) if unjudged else (),
        uses=uses,
    )


def profile(scanned: Report) -> profiles.Profile:
    """Return the profile that judges by what was found."""
    assert scanned.uses is not None
    return selecting.profile(scanned.uses, ALL)
