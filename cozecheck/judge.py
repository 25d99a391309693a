"""Recorded traffic, judged: files in, report out."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from cozecheck import recordings
from cozecheck.checks import Check
from cozecheck.checks.conclusion import conclude
from cozecheck.checks.judging import Bench
from cozecheck.errors import NoVerdictError
from cozecheck.exchange import Exchange
from cozecheck.findings import Report, Target
from cozecheck.sdk import Reader


def judge(
    files: Sequence[Path],
    checks: Sequence[Check],
    *,
    strict: bool,
    ask_sdk: bool = True,
    clock: Callable[[], float],
    progress: Callable[[Exchange], None] = lambda _: None,
) -> Report:
    """Judge every exchange of *files* and folders; raises UsageError for what is no recording.

    *clock* tells seconds since 1970. Asking the official client (*ask_sdk*) takes some 8 ms an answer, most of them
    spent on long streams.
    """
    started = clock()
    bench, reader = Bench(checks), Reader()
    count = 0
    flaws: Counter[str] = Counter()
    interrupted = False
    try:
        for file in recordings.files(files):
            for recording in recordings.read(file):
                exchange = recording.exchange
                bench.judge(reader.read(exchange) if ask_sdk else exchange)
                flaws.update(recording.flaws)
                progress(exchange)
                count += 1
    except KeyboardInterrupt:
        if not count:
            raise
        interrupted = True
    if not count:
        raise NoVerdictError(f"nothing to judge: no exchange in {', '.join(map(str, files))}")
    return conclude(
        bench,
        kind="judge",
        target=Target(files=tuple(str(file) for file in files)),
        started=started,
        seconds=clock() - started,
        requests=count,
        interrupted=interrupted,
        strict=strict,
        masked=True,
        notes=tuple(f"lost by the recorder: {flaw}, {number} times" for flaw, number in flaws.items()),
    )
