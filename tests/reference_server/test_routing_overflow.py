import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.routing.overflow import Flow, Line, Overflow, line, step
from reference_server.routing.pools import Member, Pool
from reference_server.routing.sizes import billions
from reference_server.routing.snapshot import EngineState, load

RULE = Overflow("cloud", hold_s=10.0, local_up_to=7.0, cloud_from=13.0)
BUSY = Flow(active=True, since=100.0)
CALM = Flow()
POOL = Pool("local", (Member("a"), Member("b")), RULE)


@pytest.mark.parametrize(
    ("flow", "share", "now", "active"),
    [
        (CALM, 0.80, 200.0, False),
        (CALM, 0.81, 200.0, True),
        (BUSY, 0.70, 200.0, True),
        (BUSY, 0.64, 200.0, False),
        (BUSY, 0.64, 109.9, True),
        (BUSY, 0.64, 110.0, False),
        (CALM, float("inf"), 0.0, True),
    ],
    ids=["at the start", "above it", "between", "below the end", "held", "held long enough", "all down"],
)
def test_overflow_starts_above_80_percent_and_ends_below_65(
    flow: Flow, share: float, now: float, *, active: bool
) -> None:
    assert step(flow, share, now, RULE).active is active


LOADS = st.lists(st.tuples(st.floats(0, 2), st.floats(0, 20)), max_size=40)


@given(LOADS)
def test_overflow_never_ends_early_and_never_lets_a_loaded_pool_wait(loads: list[tuple[float, float]]) -> None:
    flow, now = CALM, 0.0
    for share, waited in loads:
        now += waited
        before, flow = flow, step(flow, share, now, RULE)
        assert flow.active or share <= RULE.start
        if before.active and not flow.active:
            assert now - before.since >= RULE.hold_s
            assert share < RULE.end


@given(st.lists(st.floats(RULE.end, RULE.start), max_size=20), st.booleans())
def test_between_the_bounds_nothing_changes(loads: list[float], active: bool) -> None:  # noqa: FBT001
    flow = Flow(active=active)

    for number, share in enumerate(loads):
        assert step(flow, share, 100.0 * number, RULE) == flow


@pytest.mark.parametrize(
    ("size", "flow", "critical", "chosen"),
    [
        (70.0, CALM, False, Line.CLOUD),
        (13.0, CALM, True, Line.CLOUD),
        (7.0, BUSY, False, Line.LOCAL),
        (8.0, CALM, False, Line.LOCAL),
        (8.0, BUSY, False, Line.CLOUD),
        (8.0, BUSY, True, Line.LOCAL),
        (None, BUSY, False, Line.CLOUD),
        (None, CALM, False, Line.LOCAL),
    ],
)
def test_size_comes_before_priority_and_priority_before_load(
    size: float | None, flow: Flow, *, critical: bool, chosen: Line
) -> None:
    assert line(RULE, size, flow, critical=critical).line is chosen


def test_the_steady_line_may_be_the_commercial_one() -> None:
    assert line(Overflow("cloud", steady=Line.CLOUD), None, CALM, critical=True).line is Line.CLOUD


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [
        (EngineState("a", running=8, capacity=10), EngineState("b", running=0, capacity=10), 0.4),
        (EngineState("a", qps=9, capacity_qps=10, capacity=10), EngineState("b", running=1, capacity=10), 0.9),
        (EngineState("a", waiting=3, queue_capacity=4), EngineState("b"), 0.75),
        (EngineState("a", running=99), EngineState("b"), 0.0),
        (EngineState("a", running=8, capacity=10), EngineState("b", capacity=10, healthy=False), 0.8),
        (EngineState("a", healthy=False), EngineState("b", healthy=False), float("inf")),
    ],
    ids=["concurrency", "rate", "queue", "no capacity known", "one is down", "all are down"],
)
def test_load_is_the_largest_share_of_what_can_be_asked(first: EngineState, second: EngineState, share: float) -> None:
    assert load(POOL, {"a": first, "b": second}) == pytest.approx(share)


@pytest.mark.parametrize(("start", "end"), [(0.6, 0.8), (0.8, -0.1)])
def test_bounds_that_cross_are_refused(start: float, end: float) -> None:
    with pytest.raises(ValueError, match="overflow"):
        Overflow("cloud", start=start, end=end)


@pytest.mark.parametrize(
    ("model", "size"),
    [
        ("llama-3-8b-instruct", 8),
        ("Llama-2-70B-chat", 70),
        ("mixtral-8x7b", 56),
        ("qwen2.5-7b", 7),
        ("qwen3-235b-a22b", 235),
        ("qwen2.5-0.5b", 0.5),
        ("smollm-360m", 0.36),
        ("gpt-4o-mini", None),
        ("phi-3-mini-128k", None),
        ("bot7b4me", None),
        ("", None),
    ],
)
def test_sizes_are_read_from_names(model: str, size: float | None) -> None:
    assert billions(model) == size
