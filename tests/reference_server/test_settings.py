from hashlib import sha256
from pathlib import Path

import pytest
from pydantic import SecretStr

import reference_server
from reference_server.settings import Key, Settings, SettingsError, load, parse

EXAMPLE = Path(reference_server.__file__).with_name("adapter_config.yaml")

BAD = [
    ("prot: 1", "a.yaml:1: unknown key 'prot', did you mean 'routes'?"),
    ("log_levle: info", "a.yaml:1: unknown key 'log_levle', did you mean 'log_level'?"),
    ("engines: [{name: a, typ: x}]", "a.yaml:1: engines[0]: unknown key 'typ', did you mean 'type'?"),
    ("openai_compatibility: {endpiont: /v1}", "a.yaml:1: openai_compatibility: unknown key 'endpiont', did you mean"),
    ("engines: []", "a.yaml:1: engines: "),
    ("engines: [{name: base, type: llama}]", "a.yaml:1: engines[0]: unknown type of engine, known are 'synthetic'"),
    ("engines: [{name: base}, {name: base}]", "a.yaml:1: two engines have the same name"),
    ("default_engine: bass", "a.yaml:1: unknown engine 'bass', did you mean 'base'?"),
    ("routes: [{pattern: '('}]", "a.yaml:1: routes[0].pattern: no regular expression"),
    ("routes: [{pattern: a, engine: b}]", "a.yaml:1: unknown engine 'b'"),
    ("request_timeout: soon", "a.yaml:1: request_timeout: "),
    ("request_timeout: .nan", "a.yaml:1: request_timeout: "),
    ("keys: [{}]", "a.yaml:1: keys[0]: a key comes from exactly one of"),
    ("keys: [{value: sk-secret}]", "a.yaml:1: keys[0]: a secret does not belong in the file"),
    ("- a", "a.yaml: must hold keys and values"),
    ("a: [", "a.yaml:1: is no YAML"),
]


@pytest.mark.parametrize(("text", "said"), BAD, ids=[text for text, _ in BAD])
def test_a_bad_file_is_told_in_one_line(text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse(text, "a.yaml")
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)
    assert "sk-secret" not in str(caught.value)


def test_nothing_configured_is_the_default() -> None:
    assert parse("", "a.yaml") == Settings()


def test_the_example_names_every_key() -> None:
    assert load(EXAMPLE).model_fields_set == set(Settings.model_fields)


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("250ms", 0.25), ("2m", 120), ("1.5", 1.5)])
def test_durations_have_units(text: str, seconds: float) -> None:
    assert parse(f"request_timeout: {text}", "a.yaml").request_timeout == seconds


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(SettingsError, match="can't"):
        load(Path("no-such-file.yaml"))


def test_keys_come_from_environment_file_or_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("sk-file\n")
    monkeypatch.setenv("A_KEY", "sk-env")
    keys = (Key(env="A_KEY"), Key(file=tmp_path / "key"), Key(value=SecretStr("sk-value")))
    assert [key.digest() for key in keys] == [sha256(key).digest() for key in (b"sk-env", b"sk-file", b"sk-value")]


@pytest.mark.parametrize("key", [Key(env="NO_SUCH_VARIABLE"), Key(file=Path("no-such-file")), Key(value=SecretStr(""))])
def test_a_source_without_a_key_is_an_error(key: Key) -> None:
    with pytest.raises(SettingsError, match=r"^keys: "):
        key.digest()
