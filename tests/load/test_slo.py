"""SLOs: read, written, held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cozecheck.errors import UsageError
from cozecheck.findings import Outcome
from cozecheck.load.slo import DURATIONS, MORE_IS_BETTER, RATES, SHARES, STATISTICS, Slo, held, parse, parse_all

NUMBERS = st.floats(min_value=0, max_value=1e9, allow_nan=False)


@st.composite
def slos(draw: st.DrawFn) -> Slo:
    metric = draw(st.sampled_from((*DURATIONS, *SHARES, *RATES)))
    relation = draw(st.sampled_from((">", ">=") if metric in MORE_IS_BETTER else ("<", "<=")))
    units = ("us", "ms", "s") if metric in DURATIONS else ("%",) if metric in SHARES else ("/s",)
    unit = draw(st.sampled_from((*units, "x baseline")))
    number = draw(st.floats(0, 100) if unit == "%" else NUMBERS)
    statistic = draw(st.sampled_from(STATISTICS)) if metric in DURATIONS else ""
    return Slo(metric, statistic, relation, number, unit, draw(st.sampled_from(("", "chat", "chat_stream"))))


@given(slos())
def test_what_is_written_is_read_again(slo: Slo) -> None:
    assert parse(str(slo)) == slo


@given(st.text())
def test_anything_else_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(f"{text} <")
    assert "\n" not in str(refused.value)


@given(slos(), st.floats(0, 10), st.floats(0, 10), st.floats(0, 10))
def test_an_interval_is_within_a_limit_beyond_it_or_around_it(slo: Slo, limit: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    outcome = held(slo, limit, (low, high))
    if outcome is Outcome.INCONCLUSIVE:
        assert low <= limit <= high
    else:
        better = limit >= high if slo.relation.startswith("<") else limit <= low
        assert (outcome is Outcome.PASS) is better or low == high == limit


@pytest.mark.parametrize(
    ("text", "id", "limit"),
    [
        ("ttft_p95 < 500ms", "load.slo.ttft-p95", 0.5),
        ("ttft_p95<500ms", "load.slo.ttft-p95", 0.5),
        ("error_rate < 0.1%", "load.slo.error-rate", 0.001),
        ("goodput > 99%", "load.slo.goodput", 0.99),
        ("throughput >= 20/s", "load.slo.throughput", 20),
        ("p95 < 1.2 x baseline", "load.slo.e2e-p95", 1.2),
        ("chat_stream.itl_mean < 10 ms", "load.slo.chat-stream.itl-mean", 0.01),
    ],
)
def test_the_forms_there_are(text: str, id: str, limit: float) -> None:
    slo = parse(text)
    assert slo.id == id
    assert slo.limit == pytest.approx(limit)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ttft_p95", "has a form like"),
        ("ttft < 1s", "which ttft? name one of ttft_p50"),
        ("tttf_p95 < 1s", "did you mean 'ttft_p95'?"),
        ("speed < 1s", "there are error_rate"),
        ("ttft_p95 > 1s", "less is better: write <"),
        ("goodput < 99%", "more is better: write >"),
        ("ttft_p95 < 5%", "given in ms or s or us"),
        ("error_rate < 5ms", "given in %"),
        ("goodput > 101%", "100% at most"),
    ],
)
def test_a_mistake_is_named(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says.replace("?", r"\?")):
        parse(text)


def test_the_later_word_on_a_measure_counts() -> None:
    first = parse_all(["ttft_p95 < 1s", "goodput > 99%"])
    assert [str(each) for each in parse_all(["ttft_p95 < 200ms"], first)] == ["ttft_p95 < 200ms", "goodput > 99%"]
