import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_server.errors import ModelNotFound
from reference_server.routing.balancing import Balancing
from reference_server.routing.breaker import BreakerRule
from reference_server.routing.deciding import Decision, Facts, Try, decide
from reference_server.routing.draws import Draw, key
from reference_server.routing.fleet import Capacity, Fleet
from reference_server.routing.health import HealthRule
from reference_server.routing.overflow import Flow, Overflow
from reference_server.routing.plan import Plan
from reference_server.routing.pools import Fallback, Member, Pool
from reference_server.routing.router import Router
from reference_server.routing.rules import Alias, Rule, Rules
from reference_server.routing.snapshot import Circuit, EngineState, Snapshot
from reference_server.routing.trace import Trace, records, replayed_lines

POOLS = {
    "local": Pool(
        "local",
        (Member("a"), Member("b")),
        Overflow("cloud", model="gpt-4o-mini", local_up_to=7.0, cloud_from=13.0),
        (Fallback("spare", "small"),),
    ),
    "cloud": Pool("cloud", (Member("paid"),)),
}
PLAN = Plan(
    Rules.of(
        [Rule("llama-.*", "local", Balancing.ROUND_ROBIN, max_tokens=256), Rule("gpt-.*", "cloud")],
        [Alias("bot-(.*)", r"llama-\1")],
    ),
    POOLS,
)
BUSY = {"local": Flow(active=True, since=1.0)}


def snapshot(*changed: EngineState, flows: dict[str, Flow] | None = None) -> Snapshot:
    engines = {name: EngineState(name) for name in sorted(PLAN.engines())}
    return Snapshot(5.0, engines | {state.name: state for state in changed}, flows or {})


def decided(facts: Facts, known: Snapshot, turn: int = 0) -> Decision:
    return decide(PLAN, PLAN.rules.match(facts.model), facts, known, Draw(turn))


def fleet(**capacities: Capacity) -> Fleet:
    known = {name: Capacity(running=10) for name in PLAN.engines()} | capacities
    return Fleet(known, POOLS.values(), breaker=BreakerRule(min_requests=2), health=HealthRule())


def asked(decision: Decision) -> list[str]:
    return [each.engine for each in decision.tries]


def test_local_engines_come_first_then_the_other_line_then_fallbacks() -> None:
    assert decided(Facts("bot-3"), snapshot(), turn=1).tries == (
        Try("b", "llama-3"),
        Try("a", "llama-3"),
        Try("paid", "gpt-4o-mini"),
        Try("spare", "small"),
    )


def test_while_a_pool_flows_over_the_other_line_comes_first() -> None:
    decision = decided(Facts("llama-3"), snapshot(flows=BUSY))

    assert (asked(decision), decision.overflow) == (["paid", "a", "b", "spare"], "load")


@pytest.mark.parametrize(
    ("facts", "first"),
    [
        (Facts("llama-3-8b"), "paid"),
        (Facts("llama-3-8b", critical=True), "a"),
        (Facts("llama-2-7b"), "a"),
        (Facts("llama-2-13b", critical=True), "paid"),
    ],
)
def test_size_and_priority_choose_the_line_under_load(facts: Facts, first: str) -> None:
    assert asked(decided(facts, snapshot(flows=BUSY)))[0] == first


def test_engines_that_are_down_are_not_tried() -> None:
    known = snapshot(EngineState("a", healthy=False), EngineState("paid", circuit=Circuit.OPEN, opens_at=9.0))

    assert asked(decided(Facts("llama-3"), known)) == ["b", "spare"]


def test_when_all_are_down_a_decision_says_when_the_first_may_be_back() -> None:
    down = [
        EngineState(name, circuit=Circuit.OPEN, opens_at=at) for name, at in (("a", 9.0), ("b", 7.0), ("paid", 8.0))
    ]

    decision = decided(Facts("llama-3"), snapshot(*down, EngineState("spare", healthy=False)))

    assert (decision.tries, decision.retry_at) == ((), 7.0)


def test_a_decision_tells_its_reasons() -> None:
    assert decided(Facts("bot-3-8b"), snapshot()).reasons == (
        "alias 'bot-(.*)' reads 'bot-3-8b' as 'llama-3-8b'",
        "'llama-3-8b' matches rule 'llama-.*'",
        "load has not passed 0.8 of capacity: local",
        "round_robin over 2 of 2 engines of pool 'local': 'a'",
    )


def test_a_decision_carries_the_cap_of_its_rule() -> None:
    assert decided(Facts("llama-3"), snapshot()).max_tokens == 256


def test_rules_and_overflows_lead_somewhere() -> None:
    with pytest.raises(ValueError, match=r"rule 'a' leads to pool 'b'"):
        Plan(Rules.of([Rule("a", "b")]), {})
    with pytest.raises(ValueError, match="overflow of pool 'p'"):
        Plan(Rules.of([]), {"p": Pool("p", (), Overflow("q"))})


def test_two_rules_do_not_disturb_each_others_turns() -> None:
    pools = {name: Pool(name, (Member(f"{name}1"), Member(f"{name}2"))) for name in ("x", "y")}
    plan = Plan(Rules.of([Rule(name, name, Balancing.ROUND_ROBIN) for name in pools]), pools)
    known = Snapshot(0.0, {name: EngineState(name) for name in plan.engines()})
    router = Router(plan, seed=1)

    chosen = [router.route(Facts(model), known).decision.tries[0].engine for model in "xyxyxy"]

    assert chosen == ["x1", "y1", "x2", "y2", "x1", "y1"]


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(ModelNotFound):
        Router(PLAN, seed=1).route(Facts("claude"), snapshot())


def test_a_fleet_flows_over_at_its_load_and_back() -> None:
    watched = fleet()
    tickets = [watched.begin(name, 0.0) for name in ("a", "b") for _ in range(9)]

    assert watched.snapshot(0.0).flows["local"].active

    for ticket in tickets[:6]:
        assert ticket is not None
        watched.end(ticket, 1.0, failed=False)
    assert watched.snapshot(1.0).flows["local"].active
    assert not watched.snapshot(9.0).flows["local"].active


def test_a_fleet_takes_an_engine_out_that_fails() -> None:
    watched = fleet()
    for _ in range(2):
        ticket = watched.begin("a", 0.0)
        assert ticket is not None
        watched.end(ticket, 0.5, failed=True)

    assert watched.begin("a", 1.0) is None
    assert asked(decided(Facts("llama-3"), watched.snapshot(1.0))) == ["b", "paid", "spare"]


def test_a_fleet_takes_an_engine_out_that_does_not_answer_probes() -> None:
    watched = fleet()
    for _ in range(3):
        watched.probed("a", good=False)

    assert not watched.snapshot(0.0).engines["a"].healthy


def test_a_fleet_knows_who_waits_and_how_fast_answers_begin() -> None:
    watched = fleet()
    ticket = watched.begin("a", 1.0)
    assert ticket is not None
    watched.first_byte(ticket, 1.5)
    watched.wait("a", 1)

    state = watched.snapshot(2.0).engines["a"]

    assert (state.running, state.waiting, state.latency) == (1, 1, 0.5)


def test_a_fresh_snapshot_is_shared() -> None:
    watched = Fleet({}, (), breaker=BreakerRule(), health=HealthRule(), fresh_s=0.05)

    first = watched.snapshot(1.0)

    assert watched.snapshot(1.04) is first
    assert watched.snapshot(1.06) is not first


def test_a_fleet_follows_other_pools_and_keeps_what_flows_over() -> None:
    watched = fleet(a=Capacity(running=1), b=Capacity(running=1))
    for name in ("a", "b"):
        watched.begin(name, 0.0)
    since = watched.snapshot(0.0).flows["local"]

    watched.follow(POOLS.values())

    assert watched.snapshot(1.0).flows["local"] == since
    with pytest.raises(ValueError, match="engine 'new', which is not there"):
        watched.follow([Pool("p", (Member("new"),))])


STATES = st.builds(
    EngineState,
    name=st.just(""),
    running=st.integers(0, 20),
    waiting=st.integers(0, 5),
    queue_capacity=st.none(),
    qps=st.floats(0, 1_000),
    capacity_qps=st.none(),
    capacity=st.none() | st.integers(1, 10),
    latency=st.none() | st.floats(0, 60),
    error_ratio=st.floats(0, 1),
    circuit=st.sampled_from(Circuit),
    opens_at=st.none() | st.floats(0, 100),
    healthy=st.booleans(),
)


@given(
    st.fixed_dictionaries(dict.fromkeys(sorted(PLAN.engines()), STATES)),
    st.booleans(),
    st.lists(
        st.builds(
            Facts,
            st.sampled_from(["llama-3", "bot-7b", "gpt-4", "llama-70b"]),
            st.none() | st.text().map(key),
            st.booleans(),
        ),
        max_size=6,
    ),
)
def test_a_trace_comes_to_the_same_decisions(
    states: dict[str, EngineState],
    flows: bool,  # noqa: FBT001
    facts: list[Facts],
) -> None:
    engines = {name: state._replace(name=name) for name, state in states.items()}
    known = Snapshot(5.0, engines, BUSY if flows else {})
    router, trace = Router(PLAN, seed=7), Trace()

    made = [router.route(each, known) for each in facts]
    lines = [line for record in made for line in trace.lines(record)]

    assert list(records(lines)) == made
    assert all(again == record.decision for record, again in replayed_lines(PLAN, lines))


def test_a_trace_writes_a_snapshot_once() -> None:
    router, trace, known = Router(PLAN, seed=7), Trace(), snapshot()

    lines = [line for _ in range(3) for line in trace.lines(router.route(Facts("llama-3"), known))]

    assert [next(iter(json.loads(line))) for line in lines] == ["snapshot", "facts", "facts", "facts"]


def test_a_trace_shows_what_another_plan_would_have_done() -> None:
    lines = list(Trace().lines(Router(PLAN, seed=7).route(Facts("llama-3"), snapshot())))
    other = Plan(Rules.of([Rule("llama-.*", "cloud", max_tokens=256)]), POOLS)

    ((record, again),) = [(one, two) for one, two in replayed_lines(other, lines) if one.decision != two]

    assert (asked(record.decision)[0], asked(again)) == ("a", ["paid"])
