"""`cozecheck load`: what is asked for wrongly is one line, before anything is sent."""

from pathlib import Path

import pytest

from cozecheck.cli import run
from cozecheck.render.json import render
from tests.cli.commands import complaint, parameters
from tests.render.examples import passing

WRONG = {
    "no such profile": (["smok"], "no load profile is called 'smok'; did you mean 'smoke'?"),
    "no such file": (["own.toml"], "own.toml: cannot be read: No such file"),
    "users of an open load": (["poisson", "--users", "5"], "--users: a poisson load has a rate"),
    "a rate of a closed one": (["smoke", "--rate", "5"], "--rate: a closed load has users"),
    "a trace of nothing": (["trace"], "name the recording with --traffic"),
    "no SLO": (["smoke", "--slo", "fast"], "--slo: 'fast' is no SLO; it has a form like"),
    "an SLO of nobody": (["smoke", "--slo", "images.e2e_p95 < 1s"], "no operation of the mix is called 'images'"),
    "no baseline": (["smoke", "--slo", "p95 < 2 x baseline"], "--reference: 'e2e_p95 < 2 x baseline'"),
    "a baseline of another kind": (
        ["smoke", "--reference", "judged.json"],
        "--reference: judged.json: a report of the kind",
    ),
    "two crews": (["smoke", "--workers", "2", "--expect-workers", "2"], "--expect-workers: either workers of this"),
    "no traffic": (["smoke", "--traffic", "none.jsonl"], "--traffic: none.jsonl cannot be read: No such file"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_one_line(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("judged.json").write_text(render(passing()), "utf-8")
    arguments, says = WRONG[name]
    assert says in complaint(capsys, ["load", *arguments], 2)


def test_an_address_of_nothing_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert "'10.0.0.7': HOST:PORT is expected" in complaint(capsys, ["load-worker", "10.0.0.7"], 2)


def test_slos_can_stand_in_the_file() -> None:
    Path("cozecheck.toml").write_text("slo = ['ttft_p95 < 1s', 'goodput > 99%']\nduration = 5\nprofile = 'core'")
    found = parameters("load", "smoke")
    assert found["slo"] == ["ttft_p95 < 1s", "goodput > 99%"]
    assert (found["duration"], found["profile"], found["name"]) == (5, "core", "smoke")


def test_a_wrong_slo_names_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("cozecheck.toml").write_text("slo = ['fast']")
    assert "cozecheck.toml: slo: 'fast' is no SLO" in complaint(capsys, ["load", "smoke"], 2)


def test_a_target_that_is_not_there_gives_no_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["load", "smoke", "--base-url", "http://127.0.0.1:9/v1", "--quiet"]) == 3
    assert "cannot be judged" in capsys.readouterr().err
