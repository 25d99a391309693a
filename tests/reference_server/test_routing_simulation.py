import pytest

from reference_server.routing.balancing import Balancing
from reference_server.routing.router import replayed
from tests.reference_server.routing_simulation import CLOUD, Simulation, World


@pytest.mark.parametrize("balancing", Balancing)
def test_no_request_is_lost_at_10_000_a_second_over_1_000_engines(balancing: Balancing) -> None:
    seen = Simulation(World(balancing=balancing)).run(10_000, 0.3, sessions=2_000)

    assert (seen.failed, seen.answered.total()) == (0, 3_000)
    assert seen.answered[CLOUD] == 0


def test_a_simulation_is_the_same_each_time_and_its_decisions_too() -> None:
    simulation = Simulation(World(slow=20, broken=10))
    seen = simulation.run(10_000, 1.0)

    assert Simulation(World(slow=20, broken=10)).run(10_000, 1.0).answered == seen.answered
    for record in seen.records[::10]:
        assert replayed(simulation.plan, record) == record.decision


def test_decisions_share_snapshots() -> None:
    seen = Simulation(World()).run(10_000, 0.5)

    assert len({id(record.snapshot) for record in seen.records}) <= 11


def test_slow_engines_get_less() -> None:
    seen = Simulation(World(engines=100, capacity=100, slow=50)).run(2_000, 6.0)

    slow = sum(count for engine, count in seen.first.items() if int(engine[1:]) < 50)
    # Two of the slow half are drawn a quarter of the time: less than that no two choices can do.
    assert 0.2 < slow / seen.first.total() < 0.3


def test_engines_that_fail_are_left_alone_and_retries_stay_in_their_budget() -> None:
    seen = Simulation(World(broken=100)).run(10_000, 1.5)

    broken = sum(seen.first[f"e{index}"] for index in range(100))
    assert broken <= 100 * 10
    assert seen.retries <= 20 + 0.2 * 15_000 + 2
    assert seen.failed == 0


def test_twice_the_demand_is_shared_between_the_lines() -> None:
    # 100 engines of 10 places serve 2,000 a second; 4,000 come.
    seen = Simulation(World(engines=100, fresh_s=0.01)).run(4_000, 4.0)

    steady = seen.load[len(seen.load) // 5 :]
    assert seen.failed == 0
    assert max(steady) < 0.9
    assert 0.25 < seen.answered[CLOUD] / seen.answered.total() < 0.8


def test_demand_that_fits_stays_local() -> None:
    seen = Simulation(World(engines=100, fresh_s=0.01)).run(1_400, 2.0)

    assert seen.answered[CLOUD] == 0
