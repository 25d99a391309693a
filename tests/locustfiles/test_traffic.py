"""What is sent, and when: by a seed, from a file, from a recording."""

import itertools
import json
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any

import pytest

from cozecheck.errors import UsageError
from generator import pacing, traffic
from generator.canaries import Canaries
from generator.lengths import draw
from generator.order import Stage
from generator.prompts import Prompter
from generator.traffic import BuiltIn


def built_in(seed: int = 1, prefix: str = "unique") -> BuiltIn:
    prompter = Prompter(Random(seed), draw(100, ""), draw(40, ""), prefix)
    return BuiltIn(Random(seed), prompter, Canaries("run"), "m", "e")


def bodies(supply: BuiltIn, mix: dict[str, int], count: int = 50) -> list[Any]:
    return [json.loads(supply.next(mix).body or b"{}") for _ in range(count)]


def test_the_same_seed_asks_the_same() -> None:
    mix = {"chat": 2, "embeddings": 1, "models": 1}
    assert bodies(built_in(4), mix) == bodies(built_in(4), mix) != bodies(built_in(5), mix)


def test_prefixes_defeat_a_prompt_cache_or_use_it() -> None:
    unique = {body["messages"][0]["content"][:12] for body in bodies(built_in(), {"chat": 1})}
    shared = {body["messages"][0]["content"] for body in bodies(built_in(prefix="shared"), {"chat": 1})}
    assert (len(unique), len(shared)) == (50, 1)


@pytest.mark.parametrize("operation", ["chat", "chat_stream", "tools", "structured", "responses", "responses_stream"])
def test_each_request_carries_a_canary_of_its_own(operation: str) -> None:
    supply = built_in()
    asks = [supply.next({operation: 1}) for _ in range(20)]
    assert len({ask.canary for ask in asks}) == 20
    assert all(ask.canary.encode() in ask.body for ask in asks)


def test_a_canary_is_known_by_the_whole_run_and_garbled_ones_are_nobodys() -> None:
    here, there, other = Canaries("run", 1), Canaries("run", 2), Canaries("another run")
    own, foreign = here.issue(), there.issue()
    assert here.foreign(own, f"so {own} on {foreign}") == foreign
    assert here.foreign(own, f"so {own} on") == ""
    assert here.foreign(own, foreign[:-1] + ("0" if foreign[-1] != "0" else "1")) == ""
    assert here.foreign(own, other.issue()) == ""


@pytest.mark.parametrize(
    ("said", "mean"),
    [
        (50, 50),
        ({"kind": "uniform", "least": 10, "most": 30}, 20),
        ({"kind": "normal", "mean": 100, "deviation": 10}, 100),
        ({"kind": "lognormal", "median": 100, "sigma": 0.1}, 100),
        ({"kind": "exponential", "mean": 100}, 100),
        ({"kind": "empirical", "values": [10, 20]}, 15),
    ],
)
def test_lengths(said: Any, mean: float) -> None:
    random, length = Random(2), draw(said, "x")
    assert fmean(length(random) for _ in range(4000)) == pytest.approx(mean, rel=0.05)


@pytest.mark.parametrize("said", ["long", {"kind": "cauchy"}, {"kind": "normal"}, {"kind": "empirical", "values": []}])
def test_what_is_no_distribution_is_refused(said: Any) -> None:
    with pytest.raises(UsageError, match=r"prompts\.tokens"):
        draw(said, "prompts.tokens")


def test_arrivals_that_are_evenly_spread_or_do_not_know_of_each_other() -> None:
    def rate(elapsed: float) -> float | None:
        return 100.0 if elapsed < 50 else None

    constant = list(pacing.constant(rate))
    assert len(constant) == pytest.approx(5000, abs=2)
    assert {round(later - earlier, 6) for earlier, later in itertools.pairwise(constant)} == {0.01}
    poisson = list(pacing.poisson(rate, Random(3)))
    assert len(poisson) == pytest.approx(5000, rel=0.05)
    gaps = [later - earlier for earlier, later in itertools.pairwise(poisson)]
    assert fmean((gap - 0.01) ** 2 for gap in gaps) ** 0.5 == pytest.approx(0.01, rel=0.1)


def test_stages_ramp_and_end() -> None:
    stages = (Stage(10, users=10, ramp=10), Stage(10, users=4))
    assert [pacing.level(stages, at) for at in (0, 5, 10, 19, 20)] == [0, 5, 4, 4, None]
    ramped = list(pacing.constant(lambda at: pacing.level((Stage(10, rate=100, ramp=10),), at)))
    assert len(ramped) == pytest.approx(500, rel=0.02)


def test_workers_share_what_is_due() -> None:
    def rate(elapsed: float) -> float | None:
        return 10.0 / 2 if elapsed < 10 else None

    both = sorted([*pacing.constant(rate, 0.0), *pacing.constant(rate, 0.5)])
    assert {round(later - earlier, 6) for earlier, later in itertools.pairwise(both)} == {0.1}


def test_a_file_of_bodies(tmp_path: Path) -> None:
    said = [
        {"model": "x", "messages": [], "stream": True},
        {"model": "text-embedding-3-small", "input": "a"},
        {"model": "x", "input": "a"},
        {"url": "/v1/responses", "body": {"model": "x", "input": "a", "stream": True}, "at": 3.5},
    ]
    path = tmp_path / "bodies.jsonl"
    path.write_text("\n".join(map(json.dumps, said)))
    asks = traffic.from_file(path, "m", "e")
    assert [ask.operation.name for ask in asks] == ["chat_stream", "embeddings", "responses", "responses_stream"]
    assert [json.loads(ask.body)["model"] for ask in asks] == ["m", "e", "m", "m"]
    assert asks[3].at == 3.5
    with pytest.raises(UsageError, match="a trace needs to know"):
        traffic.arrivals(asks, 1.0)
    path.write_text("{}")
    with pytest.raises(UsageError, match=r"bodies.jsonl:1"):
        traffic.from_file(path, "m", "e")


def test_a_recording_is_sent_again(tmp_path: Path) -> None:
    request = {"method": "POST", "url": "https://x/v1/chat/completions", "headers": {}, "body": '{"messages": []}'}
    other = {**request, "url": "https://x/v1/files"}
    lines = [{"request": each, "response": {"status": 200, "headers": {}, "body": ""}} for each in (request, other)]
    path = tmp_path / "recorded.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    [ask] = traffic.recorded(path, "m", "e")
    assert (ask.operation.name, json.loads(ask.body)) == ("chat", {"messages": [], "model": "m"})
