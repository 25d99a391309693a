"""Markdown, for the summary of a CI step."""

import re

from cozecheck.findings import Outcome
from cozecheck.render.markdown import render
from tests.render.examples import check, every_outcome, finding, hostile, report


def rows(said: str) -> list[str]:
    """Return the lines of the table."""
    return [line for line in said.splitlines() if line.startswith("|")]


def test_every_row_has_as_many_cells() -> None:
    assert len({row.count("|") for row in rows(render(every_outcome()))}) == 1


def test_a_family_cannot_break_the_table() -> None:
    told = report(checks=(check("x.id", Outcome.PASS, family="a | b\n| `c` | <b>"),))
    assert len({row.count("|") for row in rows(render(told))}) == 1


def test_text_of_the_target_is_never_markup() -> None:
    said = render(hostile())
    assert "<img" not in said
    assert "</script" not in said
    assert said.count("<pre>") == said.count("</pre>")
    assert said.count("<details>") == said.count("</details>")


def test_only_tags_of_our_own_are_there() -> None:
    tags = set(re.findall(r"</?\w+", render(hostile())))
    assert tags == {f"<{close}{tag}" for tag in ("code", "details", "summary", "pre", "p") for close in ("", "/")}


def test_no_blank_line_ends_the_details_early() -> None:
    said = render(report(finding("chat.id", actual="a\n\nb", curl="curl\n\nx")))
    assert "\n\n" not in said[said.index("<details>") : said.index("</details>")]


def test_a_great_many_findings_fit_into_a_step_summary() -> None:
    hard = finding("chat.id", expected="<" * 5000, actual="&" * 5000, curl="'" * 5000)
    told = report(
        *(
            finding(f"chat.check-{number}", expected=hard.expected, actual=hard.actual, curl=hard.curl)
            for number in range(300)
        )
    )
    said = render(told)
    assert len(said.encode("utf-8")) < 1024 * 1024
    assert "chat.check-299" in said
