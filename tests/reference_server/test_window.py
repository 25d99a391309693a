"""What was used in the last minute, second by second."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reference_server.errors import FOREVER
from reference_server.limits.window import SPAN, Window

LIMIT = 10
STEPS = st.lists(st.tuples(st.floats(0, 40), st.integers(0, 12)), max_size=40)


def admitted(steps: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Return what a window of LIMIT lets in of (seconds since the last, amount)."""
    window, now, entered = Window(), 1000.0, []
    for passed, amount in steps:
        now += passed
        if window.meter(now, LIMIT, amount).wait == 0:
            window.add(now, amount)
            entered.append((now, amount))
    return entered


@settings(deadline=None)
@given(STEPS)
def test_no_minute_holds_more_than_the_limit(steps: list[tuple[float, int]]) -> None:
    entered = admitted(steps)
    for end, _ in entered:
        assert sum(amount for at, amount in entered if end - SPAN < at <= end) <= LIMIT


@settings(deadline=None)
@given(STEPS)
def test_what_fits_a_minute_and_a_second_is_let_in(steps: list[tuple[float, int]]) -> None:
    now, entered = 1000.0, admitted(steps)
    for passed, amount in steps:
        now += passed
        before = sum(each for at, each in entered if now - SPAN - 1 <= at <= now and (at, each) != (now, amount))
        assert before + amount > LIMIT or (now, amount) in entered


@settings(deadline=None)
@given(STEPS, st.integers(0, LIMIT))
def test_after_the_wait_there_is_room_and_not_before(steps: list[tuple[float, int]], amount: int) -> None:
    window = Window()
    for at, used in admitted(steps):
        window.add(at, used)
    now = 1000.0 + sum(passed for passed, _ in steps)
    wait = window.meter(now, LIMIT, amount).wait
    if wait > 0:
        assert window.meter(now + wait - 0.01, LIMIT, amount).wait > 0
    assert window.meter(now + wait + 1e-9, LIMIT, amount).wait == 0


@settings(deadline=None)
@given(STEPS)
def test_after_the_reset_nothing_is_used(steps: list[tuple[float, int]]) -> None:
    window = Window()
    for at, used in admitted(steps):
        window.add(at, used)
    now = 1000.0 + sum(passed for passed, _ in steps)
    reset = window.meter(now, LIMIT, 0).reset
    assert window.meter(now + reset + 1e-9, LIMIT, 0).used == 0


def test_more_than_the_limit_never_fits() -> None:
    assert Window().meter(0.0, LIMIT, LIMIT + 1).wait == FOREVER


def test_what_is_taken_back_is_free_again() -> None:
    window = Window()
    slot = window.add(5.5, LIMIT)
    window.take_back(slot, 4)
    assert window.meter(6.0, LIMIT, 4).wait == 0
    assert window.meter(6.0, LIMIT, 5).wait == 60


def test_without_a_limit_nothing_is_measured() -> None:
    assert Window().meter(0.0, None, 10**9) == (0, 0.0, 0.0)
