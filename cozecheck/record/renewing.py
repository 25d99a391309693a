"""A suite of cassettes recorded anew, file by file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cozecheck import recordings
from cozecheck.cassettes import golden
from cozecheck.cassettes.suite import Studio, Take
from cozecheck.errors import NoVerdictError, UsageError
from cozecheck.record.keeping import SUFFIX, Write, require_writable
from cozecheck.record.metering import Meter
from cozecheck.recordings import Recording

STANDARD: Final = "standard"


@dataclass
class Renewal:
    """What came of it: how many exchanges were written, which files lack some and why, whether it was broken off."""

    written: int = 0
    left_out: dict[str, list[str]] = field(default_factory=dict)
    interrupted: bool = False


def located(name: str) -> Path:
    """Return the folder of a suite: `standard` is the one that is shipped; raises UsageError for what is none."""
    if name == STANDARD:
        return golden()
    if not Path(name).is_dir():
        raise UsageError(f"no suite is called {name!r}; there are {STANDARD}, and every folder of cassettes")
    return Path(name)


def originals(suite: Path) -> tuple[Path, ...]:
    """Return the files of a suite, in the order in which their requests depend on each other."""
    return tuple(recordings.files([suite]))


def run(
    suite: Path, studio: Studio, into: Path, write: Write, meter: Meter, progress: Callable[[str], None]
) -> Renewal:
    """Record every request of *suite* anew, into files of the same names under *into*; *progress* is told each.

    Raises NoVerdictError where nothing at all was recorded, or nobody answers.
    """
    require_writable(into)
    renewal = Renewal()
    try:
        for file in originals(suite):
            _renew(file, into / _named(file.relative_to(suite)), studio, write, meter, progress, renewal)
    except KeyboardInterrupt:
        renewal.interrupted = True
    if not renewal.written:
        reasons = "; ".join(renewal.left_out) or ("interrupted" if renewal.interrupted else "the suite is empty")
        raise NoVerdictError(f"nothing was recorded into {into}: {reasons}")
    return renewal


def _renew(
    file: Path,
    into: Path,
    studio: Studio,
    write: Write,
    meter: Meter,
    progress: Callable[[str], None],
    renewal: Renewal,
) -> None:
    kept: list[Recording] = []
    try:
        for take in studio.record(list(recordings.read(file)), meter.refuse):
            _account(take, file, kept, meter, renewal)
            progress(file.name)
    finally:  # what is done is kept, whatever broke the rest off
        if kept:
            into.parent.mkdir(parents=True, exist_ok=True)
            write(into, kept)
            renewal.written += len(kept)


def _account(take: Take, file: Path, kept: list[Recording], meter: Meter, renewal: Renewal) -> None:
    if take.recording is None:
        renewal.left_out.setdefault(take.lost, []).append(file.stem)
    else:
        meter.count(take.recording.exchange)
        kept.append(take.recording)


def _named(path: Path) -> Path:
    return path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)
