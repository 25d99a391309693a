"""Report to workflow commands of GitHub Actions: annotations beside the code."""

from collections.abc import Iterator
from typing import Final

from cozecheck.findings import Finding, Outcome, Report
from cozecheck.listed import State
from cozecheck.render.summary import because, counted, departures
from cozecheck.render.visible import cut, visible

COMMANDS: Final = {Outcome.FAIL: "error", Outcome.WARN: "warning", Outcome.INFO: "notice"}
MOST: Final = 10
"""GitHub shows no more of a kind in a step."""
MOST_WORDS: Final = 500


def render(report: Report) -> str:
    """Return a command a check that departs, the worst first, then the items of a checklist; one line each."""
    return "".join(f"{line}\n" for line in (*_departures(report), *_items(report), _verdict(report)))


def _departures(report: Report) -> Iterator[str]:
    for outcome, command in COMMANDS.items():
        groups = [group for group in departures(report) if group.first.outcome is outcome]
        room = MOST - 1 if len(groups) > MOST else MOST
        for group in groups[:room]:
            yield _command(command, _located(group.first), group.first.id, _told(group.first))
        if len(groups) > MOST:
            rest = counted(len(groups) - room, "check")
            yield _command(command, "", "cozecheck", f"and {rest} more: see the summary of this step")


def _items(report: Report) -> Iterator[str]:
    items = report.checklist.items if report.checklist else ()
    unmet = [item for item in items if item.state is State.UNMET and not item.checks]
    for item in unmet[:MOST]:
        yield _command("error", "", item.id, f"{item.title} {item.why}; settle it: {item.how}")


def _verdict(report: Report) -> str:
    return _command(
        "notice" if report.exit_code == 0 else "error", "", "cozecheck", f"{report.verdict}: {because(report)}"
    )


def _located(finding: Finding) -> str:
    """Return the properties that place it in the code, if a scan knows where."""
    for code in finding.code[:1]:
        file, _, line = code.rpartition(":")
        return f"file={_property(file)},line={line},"
    return ""


def _told(finding: Finding) -> str:
    words = f"{finding.requirement} Expected {finding.expected}, got {cut(finding.actual, MOST_WORDS)}."
    return f"{words} Fix: {finding.remedy}" if finding.remedy else words


def _command(command: str, location: str, title: str, message: str) -> str:
    return f"::{command} {location}title={_property(title)}::{_data(cut(message, 4 * MOST_WORDS))}"


def _data(words: str) -> str:
    return visible(words).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")
