"""What file and environment set, and what they say when they are wrong."""

from pathlib import Path
from typing import Any

import pytest

from cozecheck import config
from cozecheck.errors import UsageError


def values(settings: dict[str, config.Setting]) -> dict[str, Any]:
    return {name: setting.value for name, setting in settings.items()}


RIGHT: dict[str, tuple[str, Any]] = {
    "base-url": ('"http://127.0.0.1:1/v1"', "http://127.0.0.1:1/v1"),
    "select": ('["chat", "usage.*"]', ["chat", "usage.*"]),
    "strict": ("true", True),
    "concurrency": ("4", 4),
    "timeout": ("2.5", 2.5),
    "header": ('["A: b, c", "D: e"]', ["A: b, c", "D: e"]),
}


@pytest.mark.parametrize("key", RIGHT)
@pytest.mark.parametrize("spelling", ["-", "_"])
def test_a_file_sets_options_by_name(key: str, spelling: str) -> None:
    text, value = RIGHT[key]
    assert values(config.parse(f"{key.replace('-', spelling)} = {text}", "f.toml")) == {key: value}


def test_a_whole_number_is_a_number() -> None:
    assert values(config.parse("timeout = 60", "f.toml")) == {"timeout": 60}


WRONG = {
    "modle = 'x'": "f.toml: unknown key 'modle'; did you mean 'model'?",
    "xyzzy = 'x'": "f.toml: unknown key 'xyzzy'; there are base-url, model, ",
    "model = 3": "f.toml: model: a string is expected, not 3",
    "strict = 1": "f.toml: strict: true or false is expected, not 1",
    "strict = 'yes'": "f.toml: strict: true or false is expected, not 'yes'",
    "concurrency = 1.5": "f.toml: concurrency: a whole number is expected, not 1.5",
    "concurrency = true": "f.toml: concurrency: a whole number is expected, not True",
    "timeout = 'x'": "f.toml: timeout: a number is expected, not 'x'",
    "select = 'chat'": "f.toml: select: a list of strings is expected, not 'chat'",
    "select = [1]": "f.toml: select: a list of strings is expected, not [1]",
    "max-tokens = 1\nmax_tokens = 2": "f.toml: max_tokens: the option is set twice",
    "api-key = 'sk-1'": "f.toml: api-key: secrets stay out of files; set OPENAI_API_KEY in the environment",
    "api_key = 'sk-1'": "f.toml: api_key: secrets stay out of files",
    "[conformance]": "f.toml: unknown key 'conformance'",
    "a = [": "f.toml: not TOML: ",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_file_is_told_with_file_and_key(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        config.parse(text, "f.toml")
    assert str(caught.value).startswith(WRONG[text])
    assert "sk-1" not in str(caught.value)


def test_the_usual_file_is_read_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert config.load(None) == {}
    Path("cozecheck.toml").write_text("seed = 7")
    assert config.load(None) == {"seed": config.Setting(7, "cozecheck.toml: seed")}


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    for path, reason in (
        (tmp_path / "none.toml", "cannot be read: No such file or directory"),
        (tmp_path, "cannot be read: Is a directory"),
        (binary, "is not UTF-8 text"),
    ):
        with pytest.raises(UsageError) as caught:
            config.load(path)
        assert str(caught.value) == f"{path}: {reason}"


def test_the_environment_sets_every_kind() -> None:
    environment = {
        "COZECHECK_BASE_URL": "http://h/v1",
        "COZECHECK_CONCURRENCY": "4",
        "COZECHECK_TIMEOUT": "2.5",
        "COZECHECK_STRICT": "Yes",
        "COZECHECK_HTTP2": "0",
        "COZECHECK_SELECT": "chat, usage.* request",
        "COZECHECK_HEADER": "A: b, c\nD: e\n",
    }
    assert values(config.from_environment(environment)) == {
        "base-url": "http://h/v1",
        "concurrency": 4,
        "timeout": 2.5,
        "strict": True,
        "http2": False,
        "select": ["chat", "usage.*", "request"],
        "header": ["A: b, c", "D: e"],
    }


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("COZECHECK_CONCURRENCY", "many", "a whole number"),
        ("COZECHECK_TIMEOUT", "long", "a number"),
        ("COZECHECK_STRICT", "perhaps", "true or false"),
    ],
)
def test_a_wrong_variable_is_told_by_its_name(name: str, text: str, kind: str) -> None:
    with pytest.raises(UsageError, match=f"^{name}: {kind} is expected, not '{text}'$"):
        config.from_environment({name: text})


def test_an_empty_variable_sets_nothing() -> None:
    assert config.from_environment({"COZECHECK_BASE_URL": "", "OPENAI_API_KEY": "", "COZECHECK_STRICT": ""}) == {}


def test_our_own_variable_for_the_key_comes_before_everybodys() -> None:
    both = {"COZECHECK_API_KEY": "ours", "OPENAI_API_KEY": "everybody's"}
    assert config.from_environment(both)["api-key"].value == "ours"
    assert config.from_environment({"OPENAI_API_KEY": "k"})["api-key"] == config.Setting("k", "OPENAI_API_KEY")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "f.toml"
    file.write_text("seed = 1\nmodel = 'm'")
    assert values(config.settings(file, {"COZECHECK_SEED": "2"})) == {"seed": 2, "model": "m"}
