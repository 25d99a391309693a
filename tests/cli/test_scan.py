"""`cozecheck scan`, and the profile that it writes."""

import json
from pathlib import Path

import pytest

from cozecheck.cli import run
from tests.cli.commands import complaint

APP = "import openai\nclient = openai.OpenAI()\nclient.models.list()\n"


def test_it_tells_what_is_used_with_file_and_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("app.py").write_text(APP)
    assert run(["scan", "app.py"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("2 uses of 1 operation in 1 file, 0 unclear")
    assert "models.list  by openai-python" in out
    assert "called  app.py:3" in out


def test_its_profile_selects_what_matters(capsys: pytest.CaptureFixture[str]) -> None:
    Path("app.py").write_text(APP)
    assert run(["scan", "app.py", "--write-profile", "mine.toml", "--quiet"]) == 0
    assert run(["conformance", "--profile", "mine.toml", "--report", "json=r.json", "--quiet"]) == 0
    ids = {check["id"] for check in json.loads(Path("r.json").read_text("utf-8"))["checks"]}
    assert "models.list-shape" in ids
    assert "chat.schema" not in ids


def test_nothing_used_is_no_verdict() -> None:
    Path("app.py").write_text("print(1)")
    assert run(["scan", "app.py", "--quiet"]) == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["gone"], "gone: there is no such file or folder"),
        (["app.py", "--write-profile", "x.json"], "--write-profile: x.json: the name of such a file ends in .toml"),
    ],
)
def test_what_is_wrong_is_one_line(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("app.py").write_text(APP)
    assert complaint(capsys, ["scan", *arguments], 2) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("selekt = []", "p.toml: unknown key 'selekt'"),
        ("select = 3", "p.toml: select: expected a list, got 3"),
        ('select = ["nothing"]', "no check"),
        ("[", "not TOML"),
    ],
)
def test_a_profile_that_is_wrong_is_one_line(text: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("p.toml").write_text(text)
    assert words in complaint(capsys, ["conformance", "--profile", "p.toml"], 2)
