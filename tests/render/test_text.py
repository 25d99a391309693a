"""Text, for a person at a terminal."""

from cozecheck.findings import Outcome, Run
from cozecheck.render.text import render
from tests.render.examples import check, every_outcome, finding, report


def test_no_colour_unless_asked() -> None:
    assert "\x1b" not in render(every_outcome())
    assert "\x1b[1;31m" in render(every_outcome(), colour=True)


def test_lines_keep_the_width_but_for_commands_tables_and_names() -> None:
    said = render(report(finding("chat.id", actual="word " * 200, remedy="do " * 100, curl="curl x")), width=60)
    findings = said[said.index("FAIL") : said.index("cozecheck explain")]
    assert max(map(len, findings.splitlines())) <= 60


def test_a_command_is_on_one_line() -> None:
    command = f"curl -d '{'x' * 500}'"
    assert f"        {command}\n" in render(report(finding("chat.id", curl=command)), width=40)


def test_a_huge_command_is_left_to_the_json_report() -> None:
    assert "50,000 characters: see the JSON report" in render(report(finding("chat.id", curl="x" * 50_000)))


def test_the_limit_says_what_it_leaves_out() -> None:
    told = report(*(finding("chat.id", exchange=str(number)) for number in range(5)))
    assert render(told, limit=2).count("expected  ") == 2
    assert "and 3 more of these" in render(told, limit=2)


def test_an_empty_value_is_said() -> None:
    assert "actual    (empty)\n" in render(report(finding("chat.id", actual="")))


def test_rare_reasons_of_skips_are_only_counted() -> None:
    told = report(checks=tuple(check(f"chat.{n}", Outcome.SKIP, reason=f"reason {n}") for n in range(20)))
    assert "skipped: 20 checks\n" in render(told)
    assert "   12  for other reasons" in render(told)


def test_the_hint_comes_once() -> None:
    assert render(report(finding("chat.id"), finding("chat.object"))).count("cozecheck explain") == 1


def test_an_interrupted_run_says_so() -> None:
    assert "interrupted" in render(report(run=Run("2026-11-22T10:00:00Z", 1.0, interrupted=True)))
