import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.routing.breaker import Breaker, BreakerRule
from reference_server.routing.health import Health, HealthRule, probed
from reference_server.routing.meter import FORGET_S, SPAN_S, Meter
from reference_server.routing.retrying import BudgetRule, Failure, RetryBudget
from reference_server.routing.snapshot import Circuit
from reference_server.routing.windows import Window

RULE = BreakerRule(failure_ratio=0.5, min_requests=4, window_s=10.0, open_s=30.0, trials=2)


def passed(breaker: Breaker, now: float, *, failed: bool | None) -> None:
    generation = breaker.begin(now)
    assert generation is not None
    breaker.end(generation, now, failed=failed)


def opened(now: float = 0.0) -> Breaker:
    breaker = Breaker(RULE)
    for _ in range(4):
        passed(breaker, now, failed=True)
    return breaker


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([True] * 3, Circuit.CLOSED),
        ([True] * 4, Circuit.OPEN),
        ([False, False, True, True], Circuit.OPEN),
        ([False, False, False, True], Circuit.CLOSED),
        ([None] * 9, Circuit.CLOSED),
    ],
    ids=["too few", "all fail", "half fail", "a quarter fails", "clients went away"],
)
def test_a_breaker_opens_at_its_ratio_of_enough_requests(outcomes: list[bool | None], state: Circuit) -> None:
    breaker = Breaker(RULE)

    for failed in outcomes:
        passed(breaker, 1.0, failed=failed)

    assert breaker.state(1.0) is state


def test_an_open_breaker_lets_nothing_through_until_its_time() -> None:
    breaker = opened(5.0)

    assert breaker.begin(34.9) is None
    assert breaker.opens_at(34.9) == 35.0
    assert breaker.state(35.0) is Circuit.HALF_OPEN


def test_a_half_open_breaker_lets_few_through_at_a_time() -> None:
    breaker = opened()

    assert [breaker.begin(30.0) is None for _ in range(3)] == [False, False, True]


def test_good_trials_close_a_breaker_and_old_failures_are_forgotten() -> None:
    breaker = opened()

    for failed in (False, False, True):
        passed(breaker, 30.0, failed=failed)

    assert breaker.state(30.0) is Circuit.CLOSED


def test_one_bad_trial_opens_a_breaker_again() -> None:
    breaker = opened()

    passed(breaker, 30.0, failed=True)

    assert (breaker.state(59.9), breaker.state(60.0)) == (Circuit.OPEN, Circuit.HALF_OPEN)


def test_a_trial_whose_client_went_away_leaves_its_place_to_another() -> None:
    breaker = opened()

    for _ in range(5):
        passed(breaker, 30.0, failed=None)

    assert breaker.state(30.0) is Circuit.HALF_OPEN


def test_what_began_before_a_breaker_opened_is_no_trial() -> None:
    breaker = Breaker(RULE)
    slow = breaker.begin(0.0)
    assert slow is not None
    for _ in range(4):
        passed(breaker, 0.0, failed=True)
    trial = breaker.begin(30.0)

    breaker.end(slow, 31.0, failed=True)

    assert trial is not None
    assert breaker.state(31.0) is Circuit.HALF_OPEN


def test_failures_of_long_ago_do_not_count() -> None:
    breaker = Breaker(RULE)

    for now in (0.0, 1.0, 2.0, 20.0):
        passed(breaker, now, failed=True)

    assert breaker.state(20.0) is Circuit.CLOSED


@pytest.mark.parametrize("wrong", [{"failure_ratio": 0.0}, {"min_requests": 0}, {"trials": 0}, {"open_s": 0.0}])
def test_a_breaker_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="circuit breaker"):
        BreakerRule(**wrong)  # type: ignore[arg-type]


@given(st.lists(st.tuples(st.floats(0, 5), st.booleans()), max_size=60))
def test_a_window_counts_what_is_younger_than_its_span(events: list[tuple[float, bool]]) -> None:
    window, now, seen = Window(10.0), 0.0, []
    for waited, bad in events:
        now += waited
        window.add(now, bad=bad)
        seen.append(now)

    # It forgets in steps of a tenth of the span.
    assert sum(at > now - 9.0 for at in seen) <= window.total(now) <= sum(at > now - 10.0 for at in seen)


def test_a_meter_measures_load_rate_latency_and_errors() -> None:
    meter = Meter()
    for number in range(20):
        meter.begin(number * 0.1)
    meter.first_byte(0.1, 2.0)
    meter.first_byte(0.2, 2.0)
    for failed in (True, False, False, False, None):
        meter.end(2.0, failed=failed)

    assert (meter.running, meter.qps(2.0), meter.error_ratio(2.0)) == (15, 20 / SPAN_S, 0.25)
    assert meter.latency(2.0) == pytest.approx(0.12)


def test_a_latency_is_forgotten_so_that_a_slow_engine_gets_another_chance() -> None:
    meter = Meter()
    meter.first_byte(9.0, 0.0)

    assert meter.latency(FORGET_S) == 9.0
    assert meter.latency(FORGET_S + 1) is None


@pytest.mark.parametrize(
    ("good", "healthy"),
    [([], True), ([False, False], True), ([False] * 3, False), ([False, True, False, False], True)],
)
def test_an_engine_is_down_after_three_bad_probes_in_a_row(good: list[bool], *, healthy: bool) -> None:
    health = Health()

    for each in good:
        health = probed(health, HealthRule(rise=2, fall=3), good=each)

    assert health.healthy is healthy


def test_an_engine_is_up_after_two_good_probes_in_a_row() -> None:
    health, rule = Health(healthy=False), HealthRule()

    assert not probed(health, rule, good=True).healthy
    assert probed(probed(health, rule, good=True), rule, good=True).healthy


@pytest.mark.parametrize(
    ("failure", "retryable", "blamed"),
    [
        (Failure(), True, True),
        (Failure(503), True, True),
        (Failure(429), True, False),
        (Failure(400), False, False),
        (Failure(401), False, False),
        (Failure(503, began=True), False, True),
        (Failure(began=True), False, True),
    ],
)
def test_which_failures_may_be_tried_elsewhere(failure: Failure, *, retryable: bool, blamed: bool) -> None:
    assert (failure.retryable, failure.blamed) == (retryable, blamed)


def test_retries_are_a_share_of_the_requests() -> None:
    budget = RetryBudget(BudgetRule(share=0.1, per_s=0.0, burst=5.0))
    spent = 0

    for _ in range(1_000):
        budget.earn()
        spent += budget.spend(1.0)

    assert spent == pytest.approx(105, abs=1)


def test_a_quiet_server_may_retry_again_after_a_while() -> None:
    budget = RetryBudget(BudgetRule(share=0.0, per_s=0.5, burst=1.0))

    assert [budget.spend(now) for now in (0.0, 1.0, 2.0, 3.0)] == [True, False, True, False]
