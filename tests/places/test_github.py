"""Annotations of GitHub Actions, and the badge."""

import json
import re

from cozecheck.findings import Outcome, Report
from cozecheck.render import badge, github
from tests.render.examples import check, every_outcome, finding, hostile, passing, report
from tests.render.gates import gated, hostile_gate

COMMAND = re.compile(r"::(error|warning|notice) (file=[^:,]+,line=\d+,)?title=[^:,]*::[^\n]*")


def lines(told: Report) -> list[str]:
    return github.render(told).splitlines()


def test_every_line_is_one_command_whatever_a_target_sends() -> None:
    for told in (every_outcome(), hostile(), gated(), hostile_gate(), passing(), report()):
        assert all(COMMAND.fullmatch(line) for line in lines(told))


def test_a_finding_stands_beside_the_code() -> None:
    assert lines(gated())[0].startswith("::error file=desk/chat.py,line=31,title=chat.schema::")


def test_an_unmet_item_that_no_check_explains_is_told() -> None:
    assert [line for line in lines(gated()) if "cut-over.decided" in line]
    assert not [line for line in lines(gated()) if "title=endpoints.chat" in line]


def test_what_is_accepted_is_not_told() -> None:
    assert not [line for line in lines(gated()) if "done-terminator" in line]


def test_no_more_is_told_than_is_shown() -> None:
    told = report(*(finding(f"chat.id-{number}") for number in range(30)))
    errors = [line for line in lines(told)[:-1] if line.startswith("::error")]
    assert len(errors) == 10
    assert "and 21 checks more" in errors[-1]


def test_the_badge() -> None:
    told = json.loads(badge.render(passing()))
    assert (told["schemaVersion"], told["label"], told["color"]) == (1, "OpenAI API", "brightgreen")
    assert told["message"].startswith("conforms, ")
    assert json.loads(badge.render(gated()))["color"] == "red"
    assert json.loads(badge.render(report(checks=(check("chat.id", Outcome.ERROR),))))["isError"] is True
