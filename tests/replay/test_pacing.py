"""Requests as far apart as they were recorded, by a clock of our own."""

import asyncio

import pytest

from cozecheck.replay.pacing import LONGEST, Pacing


@pytest.mark.parametrize(
    ("speed", "at", "due"),
    [
        (1.0, (100.0, 101.0, 104.0), (0, 1, 4)),
        (2.0, (100.0, 101.0, 104.0), (0, 0.5, 2)),
        (None, (100.0, 101.0), (0, 0)),
        (1.0, (100.0, None, 101.0), (0, 0, 1)),
        (1.0, (100.0, 90.0, 91.0), (0, 0, 1)),
        (1.0, (100.0, 1e9), (0, LONGEST)),
    ],
)
def test_gaps_are_kept(speed: float | None, at: tuple[float | None, ...], due: tuple[float, ...]) -> None:
    now = [5000.0]

    async def sleep(seconds: float) -> None:
        now[0] += seconds

    async def times() -> list[float]:
        pacing = Pacing(lambda: now[0], sleep, speed)
        found = []
        for each in at:
            await pacing.wait(each)
            found.append(now[0] - 5000.0)
        return found

    assert asyncio.run(times()) == list(due)
