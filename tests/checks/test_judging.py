"""Verdicts counted, departures kept, our own faults owned up to."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from cozecheck.checks.judging import MOST_PROBLEMS, Bench
from cozecheck.checks.registry import Check, Judge
from cozecheck.exchange import Exchange, Request
from cozecheck.findings import Basis, Inconclusive, Level, Outcome, Problem, Unsupported, Verdict
from tests.checks.tables import BY_ID
from tests.examples import answer, chat_body

PROBLEM = Problem("this", "that")
ABSENT_HERE = Unsupported("not here")
MOODY = Inconclusive("a mood")


def question(exchange: Exchange) -> Exchange | None:
    """Read a question."""
    return exchange if exchange.request.method == "POST" else None


def saying(*verdicts: Verdict) -> Judge:
    def judge(_subject: Any) -> Iterator[Verdict]:
        yield from verdicts

    return judge


def check(id: str, judge: Judge, level: Level = Level.MUST, **more: Any) -> Check:
    return Check(id, "chat", level, Basis.SPEC, "cite", "It holds.", judge, **{"view": question, **more})


def sent(method: str = "POST", name: str = "") -> Exchange:
    return Exchange(Request(method, "http://h/v1/chat/completions"), name=name)


def bench(*checks: Check, exchanges: int = 1) -> Bench:
    made = Bench(checks)
    for _ in range(exchanges):
        made.judge(sent())
    return made


def outcome(made: Bench, id: str = "chat.a") -> tuple[Outcome, str]:
    return made.tallies[id].outcome(next(each for each in made.checks if each.id == id))


@pytest.mark.parametrize(
    ("level", "expected"),
    [(Level.MUST, Outcome.FAIL), (Level.SHOULD, Outcome.WARN), (Level.MAY, Outcome.INFO)],
)
def test_a_departure_weighs_what_its_level_says(level: Level, expected: Outcome) -> None:
    made = bench(check("chat.a", saying(PROBLEM), level), exchanges=2)
    assert outcome(made) == (expected, "")
    assert (made.tallies["chat.a"].judged, made.tallies["chat.a"].failed, len(made.departures)) == (2, 2, 2)


def test_no_verdict_at_all_means_that_it_holds() -> None:
    made = bench(check("chat.a", saying()), exchanges=3)
    assert outcome(made) == (Outcome.PASS, "")
    assert (made.tallies["chat.a"].judged, made.departures) == (3, [])


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [(ABSENT_HERE, (Outcome.UNSUPPORTED, "not here")), (MOODY, (Outcome.INCONCLUSIVE, "a mood"))],
)
def test_what_settles_nothing_says_why(verdict: Verdict, expected: tuple[Outcome, str]) -> None:
    made = bench(check("chat.a", saying(verdict)))
    assert outcome(made) == expected
    assert made.tallies["chat.a"].judged == 0


def test_one_exchange_that_settles_it_is_enough() -> None:
    made = Bench([check("chat.a", lambda exchange: iter([MOODY] if exchange.name else []))])
    made.judge(sent(name="moody"))
    made.judge(sent())
    assert outcome(made) == (Outcome.PASS, "")


def test_what_is_not_for_a_check_is_a_skip_with_its_reason() -> None:
    made = Bench([check("chat.a", saying())])
    made.judge(sent("GET"))
    assert outcome(made) == (Outcome.SKIP, "nothing to judge: no question")


def test_a_check_that_raises_is_our_fault_and_the_others_go_on() -> None:
    def broken(_subject: Any) -> Iterator[Verdict]:
        yield PROBLEM
        raise KeyError("choices")

    made = bench(check("chat.a", broken), check("chat.b", saying(PROBLEM)), exchanges=2)
    assert outcome(made) == (Outcome.ERROR, "KeyError: 'choices'")
    assert [each.check.id for each in made.departures] == ["chat.b", "chat.b"]


def test_one_root_cause_is_one_failure() -> None:
    first, second = check("chat.a", saying(PROBLEM)), check("chat.b", saying(PROBLEM), requires=frozenset(("chat.a",)))
    made = bench(second, first)
    assert [each.check.id for each in made.departures] == ["chat.a"]
    assert outcome(made, "chat.b") == (Outcome.SKIP, "held back: chat.a failed first")


def test_a_check_speaks_where_the_one_it_requires_holds_or_was_not_selected() -> None:
    dependent = check("chat.b", saying(PROBLEM), requires=frozenset(("chat.a",)))
    assert [each.check.id for each in bench(check("chat.a", saying()), dependent).departures] == ["chat.b"]
    assert [each.check.id for each in bench(dependent).departures] == ["chat.b"]


def test_a_stream_that_is_wrong_everywhere_is_wrong_a_few_times() -> None:
    made = bench(check("chat.a", saying(*[PROBLEM] * 1_000)))
    assert (len(made.departures), made.tallies["chat.a"].failed) == (MOST_PROBLEMS, 1)


def test_a_view_is_read_once_an_exchange() -> None:
    read: list[Exchange] = []

    def counted(exchange: Exchange) -> Exchange:
        read.append(exchange)
        return exchange

    bench(check("chat.a", saying(), view=counted), check("chat.b", saying(), view=counted), exchanges=2)
    assert len(read) == 2


def relation(judge: Judge) -> Check:
    return check("chat.a", judge, view=None, scenario="s")


def test_a_relation_reads_the_exchanges_of_its_scenario() -> None:
    read: list[Mapping[str, Exchange]] = []

    def judge(exchanges: Mapping[str, Exchange]) -> Iterator[Verdict]:
        read.append(exchanges)
        yield Problem("this", "that", "second")

    made = Bench([relation(judge)])
    both = {name: sent(name=name) for name in ("first", "second", "third")}
    made.relate("another", both)
    made.relate("s", {})
    assert outcome(made) == (Outcome.SKIP, "nothing to judge: no run of the scenario s")
    made.relate("s", both)
    assert read == [both]
    assert [each.exchange.name for each in made.departures] == ["second"]


def test_a_relation_that_names_no_exchange_shows_the_last() -> None:
    made = Bench([relation(saying(PROBLEM))])
    made.relate("s", {name: sent(name=name) for name in ("first", "last")})
    assert [each.exchange.name for each in made.departures] == ["last"]


def test_what_a_selected_check_requires_judges_along_unheard() -> None:
    made = Bench([BY_ID["chat.message-present"]])
    made.judge(answer(chat_body(choices=[])))
    assert made.tallies["chat.message-present"].held_back == "chat.choices-present"
    assert made.departures == []
