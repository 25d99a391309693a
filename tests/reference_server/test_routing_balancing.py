from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.routing.balancing import Balancing, order
from reference_server.routing.draws import Draw, key
from reference_server.routing.pools import Member, Pool
from reference_server.routing.snapshot import Circuit, EngineState, Ready, ready

WEIGHTS = st.floats(min_value=0.01, max_value=1_000)


def spread(weights: Sequence[float]) -> Ready:
    pool = Pool("p", tuple(Member(f"e{index}", weight) for index, weight in enumerate(weights)))
    return ready(pool, {member.engine: EngineState(member.engine) for member in pool.members})


def firsts(balancing: Balancing, engines: Ready, turns: int, seed: int = 0) -> Counter[str]:
    return Counter(order(balancing, engines, Draw(turn, turn, seed), None, 2)[0].name for turn in range(turns))


@given(st.lists(WEIGHTS, min_size=2, max_size=8), st.integers(min_value=0, max_value=2**64 - 1))
def test_weights_hold_in_the_short_run_for_any_seed(weights: list[float], seed: int) -> None:
    counts = firsts(Balancing.WEIGHTED, spread(weights), 500, seed)

    for index, weight in enumerate(weights):
        assert abs(counts[f"e{index}"] - 500 * weight / sum(weights)) <= 6


def test_the_smallest_weight_is_not_rounded_to_nothing() -> None:
    assert firsts(Balancing.WEIGHTED, spread([0.001, 1.0]), 10_000)["e0"] == pytest.approx(10, abs=2)


@pytest.mark.parametrize("balancing", Balancing)
def test_weight_0_takes_no_traffic(balancing: Balancing) -> None:
    engines = spread([0, 1, 0, 1])

    for turn in range(50):
        tried = order(balancing, engines, Draw(turn), turn, 4)
        assert {engine.name for engine in tried} == {"e1", "e3"}


@pytest.mark.parametrize("balancing", Balancing)
@pytest.mark.parametrize("weights", [[], [0.0], [0.0, 0.0]])
def test_a_pool_without_weight_has_no_engine(balancing: Balancing, weights: list[float]) -> None:
    assert order(balancing, spread(weights), Draw(), 1, 2) == []


@pytest.mark.parametrize("balancing", Balancing)
def test_one_engine_is_asked_once(balancing: Balancing) -> None:
    assert [engine.name for engine in order(balancing, spread([0.01]), Draw(7), 1, 3)] == ["e0"]


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf")])
def test_what_is_no_weight_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="weight"):
        Member("e", weight)


@given(
    st.sampled_from(Balancing), st.integers(2, 9), st.integers(0, 2**40), st.integers(1, 6), st.integers(0, 2**64 - 1)
)
def test_no_engine_is_tried_twice(balancing: Balancing, count: int, turn: int, most: int, session: int) -> None:
    tried = order(balancing, spread([1 + index for index in range(count)]), Draw(turn, turn), session, most)

    assert len(set(tried)) == len(tried) == min(most, count)


def test_round_robin_takes_one_after_the_other() -> None:
    assert firsts(Balancing.ROUND_ROBIN, spread([1, 5, 1]), 30) == {"e0": 10, "e1": 10, "e2": 10}


def test_the_least_busy_is_the_first_of_a_snapshot_and_the_next_one_the_second() -> None:
    engines = Ready((EngineState("a", running=5, capacity=10), EngineState("b", running=1, capacity=10)), (1.0, 1.0))

    chosen = [order(Balancing.LEAST_BUSY, engines, Draw(9, since), None, 1)[0].name for since in range(3)]

    assert chosen == ["b", "a", "b"]


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (EngineState("worse", latency=0.5), EngineState("better", latency=0.1)),
        (EngineState("worse", latency=0.1, running=9), EngineState("better", latency=0.1, running=1)),
        (EngineState("worse", latency=0.1, error_ratio=1.0), EngineState("better", latency=1.0)),
        (EngineState("worse", running=3), EngineState("better", latency=9.0)),
        (EngineState("worse", error_ratio=0.9), EngineState("better", latency=9.0, running=1)),
    ],
    ids=["latency", "load", "errors", "nothing measured yet", "nothing but errors yet"],
)
def test_of_two_choices_the_one_that_is_done_sooner(worse: EngineState, better: EngineState) -> None:
    engines = Ready((worse, better), (1.0, 1.0))

    assert firsts(Balancing.P2C_EWMA, engines, 100) == {"better": 100}


def test_two_choices_draw_from_all() -> None:
    counts = firsts(Balancing.P2C_EWMA, spread([1] * 20), 4_000)

    assert len(counts) == 20
    assert min(counts.values()) > 100


def test_a_session_stays_with_its_engine() -> None:
    engines = spread([1, 2, 3])

    assert len({order(Balancing.SESSION, engines, Draw(turn), key("s"), 1)[0] for turn in range(20)}) == 1


@pytest.mark.parametrize("weights", [[1, 1, 1, 1], [1, 2, 3, 4]])
def test_an_engine_that_leaves_moves_only_its_own_sessions(weights: list[float]) -> None:
    before, after = spread(weights), spread([*weights[:3], 0])

    for number in range(500):
        was, now = (order(Balancing.SESSION, ready, Draw(), key(f"s{number}"), 1)[0] for ready in (before, after))
        assert was == now or was.name == "e3"


@pytest.mark.parametrize("weights", [[1.0, 1.0, 1.0, 1.0, 1.0], [1.0, 4.0]])
def test_sessions_are_spread_by_weight(weights: list[float]) -> None:
    engines = spread(weights)

    counts = Counter(order(Balancing.SESSION, engines, Draw(), key(f"s{number}"), 1)[0].name for number in range(5_000))

    for index, weight in enumerate(weights):
        assert counts[f"e{index}"] == pytest.approx(5_000 * weight / sum(weights), rel=0.1)


def test_engines_with_room_come_before_those_without() -> None:
    pool = Pool("p", (Member("full"), Member("free"), Member("open"), Member("down")))
    states = {
        "full": EngineState("full", running=4, capacity=4),
        "free": EngineState("free", running=3, capacity=4),
        "open": EngineState("open", circuit=Circuit.OPEN, opens_at=9.0),
        "down": EngineState("down", healthy=False),
    }

    assert [engine.name for engine in ready(pool, states).engines] == ["free"]
    del states["free"]
    pool = Pool("p", (Member("full"), Member("open"), Member("down")))
    assert [engine.name for engine in ready(pool, states).engines] == ["full"]
