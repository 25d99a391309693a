"""Flag over environment over file over default, for every option."""

from pathlib import Path
from typing import Any

import pytest
import typer

from cozecheck import config
from cozecheck.cli import app
from tests.cli.commands import parameters

PLAIN = {"config", "help"}
"""Options that say where the others are read from, or nothing at all."""

PRECEDENCE: dict[str, tuple[str, str, list[str], tuple[Any, Any, Any, Any]]] = {
    "profile": ("'strict'", "core", ["--profile", "openai-node"], ("all", "strict", "core", "openai-node")),
    "timeout": ("1.5", "2.5", ["--timeout", "3.5"], (30.0, 1.5, 2.5, 3.5)),
    "concurrency": ("1", "2", ["--concurrency", "3"], (8, 1, 2, 3)),
    "select": ("['a', 'b']", "c d", ["--select", "e", "--select", "f"], ((), ["a", "b"], ["c", "d"], ["e", "f"])),
    "header": ("['A: 1']", "B: 2, 3", ["--header", "C: 4"], ((), ["A: 1"], ["B: 2, 3"], ["C: 4"])),
    "embedding-model": ("'a'", "b", ["--embedding-model", "c"], (None, "a", "b", "c")),
    "strict": ("true", "false", ["--strict"], (False, True, False, True)),
    "no-progress": ("true", "false", ["--no-progress"], (False, True, False, True)),
}


@pytest.mark.parametrize("name", PRECEDENCE)
def test_a_flag_wins_over_the_environment_and_that_over_the_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    in_file, in_environment, flags, expected = PRECEDENCE[name]
    found = [read(name)]
    Path("cozecheck.toml").write_text(f"{name} = {in_file}")
    found.append(read(name))
    monkeypatch.setenv(config.variable(name), in_environment)
    found.append(read(name))
    found.append(read(name, *flags))
    assert tuple(found) == expected


def read(name: str, *flags: str) -> Any:
    return parameters("conformance", *flags)[name.replace("-", "_")]


def test_a_flag_can_take_back_what_the_file_switches_on() -> None:
    Path("cozecheck.toml").write_text("strict = true\nhttp2 = true\nquiet = true\nno-progress = true")
    found = parameters("conformance", "--no-strict", "--no-http2", "--no-quiet", "--progress")
    assert [found[name] for name in ("strict", "http2", "quiet", "no_progress")] == [False] * 4


def test_the_file_may_be_named_by_flag_and_by_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("one.toml").write_text("seed = 1")
    Path("two.toml").write_text("seed = 2")
    monkeypatch.setenv("COZECHECK_CONFIG", "one.toml")
    assert parameters("conformance")["seed"] == 1
    assert parameters("conformance", "--config", "two.toml")["seed"] == 2


def test_the_key_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "everybody's")
    assert read("api-key") == "everybody's"
    monkeypatch.setenv("COZECHECK_API_KEY", "ours")
    assert read("api-key") == "ours"
    assert read("api-key", "--api-key", "given") == "given"


def options_of(command: str) -> set[str]:
    group: Any = typer.main.get_command(app)
    params = group.commands[command].params
    return {each.name.strip("_").replace("_", "-") for each in params if each.param_type_name == "option"} - PLAIN


def test_every_option_can_stand_in_file_and_environment() -> None:
    known = {*config.KEYS, *config.SECRETS}
    recording = ("record", "replay", "import")
    judging = ("conformance", "judge", "surface", "fidelity", "load", "plan", "scan", "checklist", "gate")
    commands = (*judging, *recording)
    assert set().union(*map(options_of, commands)) == known


def test_each_kind_of_model_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("embedding", "image", "speech", "transcription"):
        monkeypatch.setenv(f"COZECHECK_{kind.upper()}_MODEL", f"my-{kind}")
        assert read(f"{kind}-model") == f"my-{kind}"


def test_options_of_one_command_can_stand_beside_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("cozecheck.toml").write_text("operation = ['files.*']\nrepeats = 3\nno-sdk = true\nreference = 'r.json'")
    assert parameters("surface")["operation"] == ["files.*"]
    assert parameters("fidelity")["repeats"] == 3
    assert parameters("fidelity")["reference"] == Path("r.json")
    assert parameters("judge", "f")["no_sdk"] is True
    assert parameters("judge", "f", "--sdk")["no_sdk"] is False
    monkeypatch.setenv("COZECHECK_OPERATION", "models.*, batches.*")
    monkeypatch.setenv("COZECHECK_NO_SDK", "no")
    assert parameters("surface")["operation"] == ["models.*", "batches.*"]
    assert parameters("judge", "f")["no_sdk"] is False


def test_options_mean_the_same_in_both_commands() -> None:
    group: Any = typer.main.get_command(app)
    one, other = ({each.name: each for each in group.commands[name].params} for name in ("conformance", "judge"))
    for name in set(one) & set(other):
        assert (one[name].opts, one[name].help, one[name].default) == (
            other[name].opts,
            other[name].help,
            other[name].default,
        )
