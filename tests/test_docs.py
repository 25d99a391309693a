"""What the words around the code say is true."""

import json
import re
import shlex
import textwrap
import tomllib
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import typer
import yaml
from jsonschema import Draft202012Validator

import cozecheck
from cozecheck import baseline, checklist, config, profiles
from cozecheck.checks import ALL
from cozecheck.checks.registry import select
from cozecheck.cli import app, output
from cozecheck.diff import RULES
from cozecheck.findings import Outcome
from cozecheck.render import json as as_json
from docs import report
from docs.examples import examples, run, stable
from docs.generate import GUIDE, PAGES, ROOT
from docs.markdown import Block, blocks
from reference_server.cli import cli
from reference_server.flaws import FLAWS
from tests.render.examples import finding
from tests.render.examples import report as report_of

FILES = sorted(
    path for folder in (".", "docs", "docs/how-to", "cassettes", "locustfiles") for path in (ROOT / folder).glob("*.md")
)
TEXTS = {str(path.relative_to(ROOT)): path.read_text("utf-8") for path in FILES}
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROGRAMS = {"cozecheck": typer.main.get_command(app), "coze-server": typer.main.get_command(cli)}
COMMAND = re.compile(r"\s*(?:- |run: )*((?:cozecheck|coze-server|make) [^\n]*)")
INLINE = re.compile(r"`((?:cozecheck|coze-server|make) [^`]+)`")
IDS = {check.id for check in ALL} | set(RULES)


def commands() -> Iterator[str]:
    """Every command line in the texts: a line of a block, or code in a sentence."""
    for text in TEXTS.values():
        for block in blocks(text):
            if block.language in ("sh", "yaml"):
                yield from (found[1] for line in unfolded(block) if (found := COMMAND.fullmatch(line)))
        yield from (example.command for example in examples(text))
        yield from INLINE.findall(text)


def unfolded(block: Block) -> list[str]:
    return block.text.replace("\\\n", " ").splitlines()


def block(file: str, name: str) -> Block:
    return next(each for each in blocks(TEXTS[file]) if each.name == name)


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_what_would_be_written_today(name: str) -> None:
    assert TEXTS[f"docs/{name}"] == PAGES[name](), "run `make docs`"


@pytest.mark.parametrize("example", examples(GUIDE.read_text("utf-8")), ids=lambda each: each.command)
def test_an_example_prints_what_the_guide_says(example: Any) -> None:
    assert stable(run(example.command, TEXTS["docs/guide.md"])) == stable(example.output), "run `make docs`"


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_a_command_is_one_that_there_is(line: str) -> None:
    program, *words = shlex.split(line, comments=True)
    if program == "make":
        assert re.search(rf"^{words[0]}:", (ROOT / "Makefile").read_text("utf-8"), re.M)
    elif words != ["--help"]:
        values = parsed(program, words)
        assert known(values) == []


def parsed(program: str, words: list[str]) -> dict[str, Any]:
    """The values of the options, none where a command is only named; fails for an option that does not exist."""
    command: Any = PROGRAMS[program]
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    return dict(command.make_context(program, words).params) if words else {}


def known(values: dict[str, Any]) -> list[str]:
    """Which of the names among the values mean nothing."""
    select(ALL, values.get("select") or (), values.get("ignore") or ())
    profile = values.get("profile") or "all"
    if not profile.endswith(profiles.ENDING):  # a file is somebody's own
        profiles.named(profile)
    output.destinations(values.get("report") or ())
    names = ((values.get("flaw"), FLAWS), (values.get("id"), {*IDS, "ID"}))
    return [name for name, there in names if name is not None and name not in there]


def test_the_baseline_of_the_guide_covers_what_it_names() -> None:
    entries = baseline.parse(block("docs/guide.md", "accepted.toml").text, "guide.md")

    applied = baseline.apply(report_of(finding(entries[0].id)), entries, date(2026, 11, 22))

    assert {entry.id for entry in entries} <= IDS
    assert (applied.baseline.covered, applied.exit_code) == (1, 0)


def test_the_configuration_of_the_guide_is_one() -> None:
    assert all(
        config.parse(each.text, "guide.md") for each in blocks(TEXTS["docs/guide.md"]) if "cozecheck.toml" in each.name
    )


def test_the_signatures_of_the_guide_are_signatures() -> None:
    assert checklist.parse(block("docs/guide.md", "signatures.toml").text, "guide.md", checklist.known())


def test_the_example_of_a_report_is_one() -> None:
    text = block("docs/report.md", "report.json").text

    Draft202012Validator(report.SCHEMA).validate(json.loads(text))
    assert as_json.load(text).findings[0].outcome is Outcome.FAIL


def test_yaml_is_yaml() -> None:
    assert all(yaml.safe_load(each.text) for text in TEXTS.values() for each in blocks(text) if each.language == "yaml")


def test_code_that_is_quoted_stands_in_the_source() -> None:
    sources = "".join(path.read_text("utf-8") for room in PACKAGES for path in (ROOT / room).rglob("*.py"))
    quoted = re.findall(r"^ *```python\n(.*?)^ *```$", TEXTS["CONTRIBUTING.md"], re.M | re.S)
    assert quoted
    assert [text for text in map(textwrap.dedent, quoted) if text not in sources] == []


PACKAGES = PROJECT["tool"]["importlinter"]["root_packages"]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_architecture_has_the_floors_that_are_enforced(package: str) -> None:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    layers = next(each["layers"] for each in contracts if each.get("containers") == [package])
    section = TEXTS["docs/architecture.md"].partition(f"## {package},")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.M)
    assert [re.findall(r"`(.+?)`", row) for row in rows] == [layer.split(" | ") for layer in layers]


@pytest.mark.parametrize("file", TEXTS)
def test_links_lead_somewhere(file: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", TEXTS[file])
    assert [link for link in links if not (ROOT / file).parent.joinpath(link).exists()] == []


def test_there_is_one_version() -> None:
    newest = re.search(r"^## \[(.+?)\]", TEXTS["CHANGELOG.md"], re.M)
    assert newest
    assert newest[1] == PROJECT["project"]["version"] == cozecheck.__version__


def test_no_page_of_the_docs_is_left_over() -> None:
    assert {path.name for path in (ROOT / "docs").glob("*.md")} == {
        *PAGES,
        "adapter.md",
        "architecture.md",
        "guide.md",
        "pytest.md",
        "replay.md",
        "scan.md",
        "tutorial.md",
    }
