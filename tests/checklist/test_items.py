"""The checklist as data: every word of it means something that there is."""

import re
import shlex
from fnmatch import fnmatchcase

import pytest
import typer

from cozecheck.checklist import Entry, entries
from cozecheck.checklist.settling import SETTLED_BY
from cozecheck.checks import ALL
from cozecheck.cli import app
from cozecheck.used import UseKind

COMMANDS = typer.main.get_command(app)
ORDER = (
    "Inventory",
    "Base URL",
    "Endpoints in use",
    "Special parameters",
    "Errors and retries",
    "Models and routes",
    "Limits and timeouts",
    "Keys and CORS",
    "Tool calls",
    "Load",
    "Hybrid and overflow",
    "Observability",
    "Edge and offline",
    "Rollback",
    "Cut-over",
    "Afterwards",
)


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.id)
class TestEntry:
    def test_its_evidence_is_of_a_kind_that_settles(self, entry: Entry) -> None:
        assert set(entry.by) <= set(SETTLED_BY)
        assert len(entry.by) <= 1

    def test_its_checks_are_checks(self, entry: Entry) -> None:
        for pattern in entry.by.get("checks", ()):
            assert any(fnmatchcase(check.id, pattern) or check.family == pattern for check in ALL), pattern

    def test_its_uses_are_uses(self, entry: Entry) -> None:
        assert {when.partition(":")[0] for when in entry.when} <= set(UseKind)

    def test_its_words_are_sentences(self, entry: Entry) -> None:
        assert entry.title.endswith(".")
        assert entry.how

    def test_its_commands_are_commands(self, entry: Entry) -> None:
        for line in re.findall(r"`(cozecheck [^`]+)`", entry.how):
            _, command, *words = shlex.split(line)
            with typer.Context(COMMANDS) as context:
                found = COMMANDS.get_command(context, command)  # type: ignore[attr-defined]
            known = {name for parameter in found.params for name in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= known


def test_the_sections_are_in_the_order_of_a_migration() -> None:
    assert tuple(dict.fromkeys(entry.section for entry in entries())) == ORDER


def test_no_item_is_there_twice() -> None:
    ids = [entry.id for entry in entries()]
    assert len(ids) == len(set(ids))


def test_every_check_settles_an_item() -> None:
    patterns = [pattern for entry in entries() for pattern in entry.by.get("checks", ())]
    left = [
        check.id
        for check in ALL
        if not any(fnmatchcase(check.id, pattern) or check.family == pattern for pattern in patterns)
    ]
    assert left == []
