"""The baseline: what it accepts, and when it no longer holds."""

from dataclasses import replace
from datetime import date

import pytest

from cozecheck.baseline import Accepted, apply, parse, write
from cozecheck.errors import UsageError
from cozecheck.findings import BaselineUse, Outcome, Report, Run, Target
from tests.render.examples import check, finding, report

TODAY = date(2026, 11, 22)
ENTRY = """\
[[accepted]]
id = "chat.id-unique"
reason = "the proxy is replaced in January"
link = "https://example.com/issues/7"
expires = 2027-01-31
"""


def accepted(id: str, *, scenario: str = "*", target: str = "*", expires: date = TODAY) -> Accepted:
    """Build an entry that holds today."""
    return Accepted(id, "why", "https://example.com/7", expires, scenario=scenario, target=target)


def baselined(told: Report) -> list[str]:
    """Return the ids of the findings that are baselined."""
    return [each.id for each in told.findings if each.baselined]


def test_an_entry_is_read() -> None:
    (entry,) = parse(ENTRY + 'scenario = "chat.*"\ntarget = "*:8080/*"\n', "baseline.toml")
    assert entry == Accepted(
        id="chat.id-unique",
        reason="the proxy is replaced in January",
        link="https://example.com/issues/7",
        expires=date(2027, 1, 31),
        scenario="chat.*",
        target="*:8080/*",
    )


def test_an_empty_file_accepts_nothing() -> None:
    assert parse("", "baseline.toml") == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("accepted = [", "b.toml: not TOML: "),
        ("[[acepted]]", "b.toml: unknown key 'acepted'; a baseline has only [[accepted]] tables"),
        ("accepted = 'all'", "b.toml: `accepted` is no list of tables: write [[accepted]] before each entry"),
        ("[[accepted]]", "b.toml: accepted entry 1: id is missing"),
        (ENTRY + ENTRY + "reasons = 1", "entry 2 (chat.id-unique): unknown key 'reasons'; did you mean 'reason'?"),
        (ENTRY + "zzz = 1", "unknown key 'zzz'; there are id, reason, link, expires, scenario, target"),
        (ENTRY.replace("reason", "# reason"), "entry 1 (chat.id-unique): reason is missing"),
        (ENTRY.replace('"the proxy is replaced in January"', '" "'), "reason is empty: fill it in"),
        (ENTRY.replace('"chat.id-unique"', "7"), "b.toml: accepted entry 1: id is not a string: 7"),
        (ENTRY.replace("https://example.com/issues/7", "later"), "link is not the address of a page: 'later'"),
        (ENTRY.replace("https://example.com/issues/7", "http://["), "link is not the address of a page: 'http://['"),
        (
            ENTRY.replace("2027-01-31", '"2027-01-31"'),
            "expires is not a date: write it like 2027-01-31, without quotes",
        ),
        (ENTRY.replace("2027-01-31", "2027-01-31T00:00:00Z"), "expires is not a date"),
    ],
)
def test_a_broken_file_is_refused_in_one_line(text: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(text, "b.toml")
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_accepted_does_not_fail_the_run() -> None:
    told = apply(report(finding("chat.id")), [accepted("chat.id")], TODAY)
    assert baselined(told) == ["chat.id"]
    assert told.checks[0].baselined
    assert told.baseline == BaselineUse(covered=1)
    assert told.exit_code == 0


def test_what_is_not_accepted_fails_the_run() -> None:
    told = apply(report(finding("chat.id"), finding("chat.object")), [accepted("chat.id")], TODAY)
    assert baselined(told) == ["chat.id"]
    assert told.exit_code == 1


def test_an_id_may_be_a_glob() -> None:
    told = apply(report(finding("chat.id"), finding("usage.present")), [accepted("chat.*")], TODAY)
    assert baselined(told) == ["chat.id"]


def test_a_check_is_baselined_only_if_all_its_findings_are() -> None:
    two = report(finding("chat.id", scenario="chat.plain"), finding("chat.id", scenario="chat.cut"))
    told = apply(two, [accepted("chat.id", scenario="chat.p*")], TODAY)
    assert len(baselined(told)) == 1
    assert not told.checks[0].baselined
    assert told.exit_code == 1


def test_an_entry_that_nothing_matches_is_stale_and_fails_the_run() -> None:
    told = apply(report(checks=(check("chat.id", Outcome.PASS),)), [accepted("chat.id", scenario="chat.*")], TODAY)
    assert told.baseline.stale == ("chat.id in chat.*, accepted until 2026-11-22",)
    assert told.exit_code == 1


@pytest.mark.parametrize(
    "told",
    [
        report(checks=(check("chat.object", Outcome.PASS),)),
        report(checks=(check("chat.id", Outcome.SKIP, reason="nothing to judge"), check("chat.object", Outcome.PASS))),
        report(checks=(check("chat.id", Outcome.PASS),), run=Run("2026-11-22T10:00:00Z", 1.0, interrupted=True)),
    ],
    ids=["not selected", "not judged", "interrupted"],
)
def test_an_entry_that_could_not_match_is_left_alone(told: Report) -> None:
    assert apply(told, [accepted("chat.id")], TODAY).baseline == BaselineUse()


def test_an_expired_entry_covers_nothing_and_fails_the_run() -> None:
    told = apply(report(finding("chat.id")), [accepted("chat.id", expires=date(2026, 11, 21))], TODAY)
    assert baselined(told) == []
    assert told.baseline.expired == ("chat.id, accepted until 2026-11-21",)
    assert told.exit_code == 1


def test_an_entry_for_another_target_is_left_alone() -> None:
    entries = [accepted("chat.id", target="*.example.com*"), accepted("chat.object", target="*.example.com*")]
    told = apply(report(finding("chat.id"), checks=(check("chat.object", Outcome.PASS),)), entries, TODAY)
    assert told.baseline == BaselineUse()
    assert baselined(told) == []


def test_a_target_may_be_a_file() -> None:
    told = replace(report(finding("chat.id")), target=Target(files=("a/b.jsonl",)))
    assert baselined(apply(told, [accepted("chat.id", target="*/b.jsonl")], TODAY)) == ["chat.id"]


def test_applying_twice_is_applying_once() -> None:
    once = apply(report(finding("chat.id"), finding("chat.object")), [accepted("chat.id")], TODAY)
    assert apply(once, [accepted("chat.id")], TODAY) == once


def test_a_written_baseline_is_refused_until_it_is_filled_in() -> None:
    text = write(report(finding("chat.id")), expires=TODAY)
    with pytest.raises(UsageError, match=r"entry 1 \(chat\.id\): reason is empty: fill it in"):
        parse(text, "baseline.toml")


def test_a_written_baseline_that_is_filled_in_covers_what_failed() -> None:
    told = report(finding("chat.id"), finding("chat.object"), finding("usage.details", Outcome.WARN))
    text = write(told, expires=TODAY).replace('reason = ""', 'reason = "x"')
    entries = parse(text.replace('link = ""', 'link = "https://example.com"'), "baseline.toml")
    assert [entry.id for entry in entries] == ["chat.id", "chat.object"]
    assert apply(told, entries, TODAY).exit_code == 0


def test_a_strict_baseline_lists_warnings_too() -> None:
    told = report(finding("usage.details", Outcome.WARN), strict=True)
    assert 'id = "usage.details"' in write(told, expires=TODAY)
