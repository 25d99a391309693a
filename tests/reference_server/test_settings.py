from hashlib import sha256
from pathlib import Path

import pytest
from pydantic import SecretStr

import reference_server
from reference_server.settings import Key, OpenAIEngine, Settings, SettingsError, load, parse

EXAMPLE = Path(reference_server.__file__).with_name("adapter_config.yaml")

COZE = "name: a, type: coze, dialect: cloud"
BAD = [
    ("prot: 1", "a.yaml:1: unknown key 'prot', did you mean 'routes'?"),
    ("log_levle: info", "a.yaml:1: unknown key 'log_levle', did you mean 'log_level'?"),
    ("engines: [{name: a, typ: x}]", "a.yaml:1: engines[0]: unknown key 'typ', did you mean 'type'?"),
    ("openai_compatibility: {endpiont: /v1}", "a.yaml:1: openai_compatibility: unknown key 'endpiont', did you mean"),
    ("engines: []", "a.yaml:1: engines: "),
    ("engines: [{name: base, type: lama}]", "a.yaml:1: engines[0]: unknown type of engine, known are 'synthetic'"),
    ("engines: [{name: base}, {name: base}]", "a.yaml:1: two engines have the same name"),
    ("default_engine: bass", "a.yaml:1: unknown engine 'bass', did you mean 'base'?"),
    ("routes: [{pattern: '('}]", "a.yaml:1: routes[0].pattern: no regular expression"),
    ("routes: [{pattern: a, engine: b}]", "a.yaml:1: unknown engine 'b'"),
    ("request_timeout: soon", "a.yaml:1: request_timeout: "),
    ("request_timeout: .nan", "a.yaml:1: request_timeout: "),
    ("keys: [{}]", "a.yaml:1: keys[0]: a key comes from exactly one of"),
    ("keys: [{value: sk-secret}]", "a.yaml:1: keys[0]: a secret does not belong in the file"),
    ("log_level: info\nroutes:\n- pattern: a\n- pattern: b\n  modle: c", "a.yaml:5: routes[1]: unknown key 'modle'"),
    ("engines:\n- {name: base}\nroutes: [{pattern: a,\n  pool: [base, bass]}]", "a.yaml:4: unknown engine 'bass'"),
    ("default_engine: base\nfallbacks:\n  base: [cloud]", "a.yaml:3: unknown engine 'cloud'"),
    ("overflow: {to: base, threshold: 0.5}", "a.yaml:1: overflow: 'resume' must be below 'threshold'"),
    ("routes: [{pattern: a, engine: base, pool: [base]}]", "a.yaml:1: routes[0]: a route leads to"),
    ("routes: [{pattern: a(.), model: '\\2'}]", "a.yaml:1: routes[0]: 'model' may hold the pattern's groups"),
    ("engines: [{name: a, type: openai}]", "a.yaml:1: engines[0].base_url: Field required"),
    ("engines:\n- name: a\n  type: openai\n  base_url: ftp://a", "a.yaml:4: engines[0].base_url: an address"),
    ("engines: [{name: a, type: openai, base_url: 'http://me:pw@a'}]", "a.yaml:1: engines[0].base_url: an address"),
    ("engines: [{name: a, token_dealy: 1s}]", "a.yaml:1: engines[0]: unknown key 'token_dealy', did you mean 'token_d"),
    ("engines: [{name: a, type: coze, base_url: 'https://a'}]", "a.yaml:1: engines[0].dialect: Field required"),
    ("engines: [{name: a, type: coze, dialect: cluod, base_url: 'https://a'}]", "a.yaml:1: engines[0].dialect: "),
    (f"engines: [{{{COZE}, base_url: 'https://a/v3'}}]", "a.yaml:1: engines[0]: Coze's address goes without a version"),
    (
        f"engines: [{{{COZE}, base_url: 'https://a', bto: 1}}]",
        "a.yaml:1: engines[0]: unknown key 'bto', did you mean 'bot",
    ),
    (f"engines: [{{{COZE}, base_url: 'https://a', bot: x}}]", "a.yaml:1: engines[0].bot: "),
    (f"engines: [{{{COZE}, base_url: 'https://a', system_role: drop}}]", "a.yaml:1: engines[0].system_role: "),
    (
        f"engines: [{{{COZE}, base_url: 'https://a', parameters: {{unsupported: [sed]}}}}]",
        "a.yaml:1: engines[0].parameters: unknown parameter 'sed', did you mean 'seed'?",
    ),
    (
        f"engines: [{{{COZE}, base_url: 'https://a', parameters: {{per_parameter: {{seed: x}}}}}}]",
        "a.yaml:1: engines[0].parameters.per_parameter.seed: ",
    ),
    (
        f"engines: [{{{COZE}, base_url: 'https://a', api_key_env: A, api_key_file: a}}]",
        "a.yaml:1: engines[0]: a key comes",
    ),
    ("cache: {responses: {ttl: 1m}}", "a.yaml:1: cache.responses.ttl: "),
    ("cache: {embeddings: {}}", "a.yaml:1: cache: 'embeddings' are kept in 'redis'"),
    ("cache: {redis: {url: 'redis://:pw@a'}}", "a.yaml:1: cache.redis: a password does not belong in the file"),
    ("keys: [{hash: abc}]", "a.yaml:1: keys[0].hash: "),
    ("log_level: info\nlog_level: debug", "a.yaml:2: the key 'log_level' is given twice"),
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
    state = {"url": "sqlite:///coze-server.db"}
    assert parse("", "a.yaml") == Settings.model_validate({"state": state})


def test_the_example_names_every_key() -> None:
    assert load(EXAMPLE).model_fields_set == set(Settings.model_fields)


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("250ms", 0.25), ("2m", 120), ("1.5", 1.5)])
def test_durations_have_units(text: str, seconds: float) -> None:
    assert parse(f"request_timeout: {text}", "a.yaml").request_timeout == seconds


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(SettingsError, match="can't"):
        load(Path("no-such-file.yaml"))


def test_every_engine_may_have_its_own_patience_and_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("sk-file\n")
    text = f"""
        engines:
        - {{name: base, type: openai, base_url: "https://a/v1/", api_key_file: {tmp_path}/key, timeouts: {{idle: 1m}}}}
    """
    (engine,) = parse(text, "a.yaml").engines
    assert isinstance(engine, OpenAIEngine)
    assert (engine.base_url, engine.api_key(), engine.timeouts.idle) == ("https://a/v1", "sk-file", 60)


def test_an_engine_without_its_key_is_told() -> None:
    engine = OpenAIEngine(name="base", type="openai", base_url="http://a", api_key_env="NO_SUCH_VARIABLE")
    with pytest.raises(SettingsError, match="engines: base: NO_SUCH_VARIABLE holds no key"):
        engine.api_key()


def test_a_key_may_be_a_hash() -> None:
    assert Key(hash=f"sha256:{'ab' * 32}").digest() == bytes.fromhex("ab" * 32)


def test_a_file_that_holds_itself_is_read() -> None:
    with pytest.raises(SettingsError, match=r"^a\.yaml:1: "):
        parse("fallbacks: &a {base: *a}", "a.yaml")


def test_keys_come_from_environment_file_or_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("sk-file\n")
    monkeypatch.setenv("A_KEY", "sk-env")
    keys = (Key(env="A_KEY"), Key(file=tmp_path / "key"), Key(value=SecretStr("sk-value")))
    assert [key.digest() for key in keys] == [sha256(key).digest() for key in (b"sk-env", b"sk-file", b"sk-value")]


@pytest.mark.parametrize("key", [Key(env="NO_SUCH_VARIABLE"), Key(file=Path("no-such-file")), Key(value=SecretStr(""))])
def test_a_source_without_a_key_is_an_error(key: Key) -> None:
    with pytest.raises(SettingsError, match=r"^keys: "):
        key.digest()
