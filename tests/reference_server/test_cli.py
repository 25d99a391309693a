import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from time import monotonic

import httpx2
import pytest

from reference_server.flaws import FLAWS
from tests.reference_server.test_settings import EXAMPLE

COMMAND = [sys.executable, "-m", "reference_server"]


@contextmanager
def started(*options: str, **environment: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The running command, and the base URL it prints."""
    with subprocess.Popen(
        [*COMMAND, "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    ) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline().removeprefix("coze-server: ").strip()
        finally:
            # Killed at once it would leave its workers behind.
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *options], capture_output=True, text=True, check=False, timeout=30)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_and_stops_when_told(number: signal.Signals) -> None:
    with started() as (process, base):
        assert httpx2.get(f"{base}/models").status_code == 200
        # Once this is answered, the one before is logged.
        httpx2.get(base.replace("/v1", "/healthz"))
        process.send_signal(number)
        assert process.wait(10) == 0
        said, logged = process.communicate()
        assert said == ""
        assert [json.loads(line)["operation"] for line in logged.splitlines()] == ["/models"]


def test_the_example_configuration_runs_on_two_workers() -> None:
    with started("--config", str(EXAMPLE), "--workers", "2") as (process, base):
        assert httpx2.get(f"{base}/models/gpt-3.5-turbo").json()["owned_by"] == "openai"
        process.terminate()
        assert process.wait(20) == 0


def test_a_key_comes_from_the_environment() -> None:
    with started("--api-key-env", "THE_KEY", THE_KEY="sk-env") as (_, base):
        assert httpx2.get(f"{base}/models").status_code == 401
        assert httpx2.get(f"{base}/models", headers={"authorization": "Bearer sk-env"}).status_code == 200


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--config", "nope.yaml"], "coze-server: nope.yaml: can't be read"),
        (["--engine-type", "bass"], "coze-server: --engine-type: unknown engine 'bass', did you mean 'base'?"),
        (["--api-key-env", "NO_SUCH_VARIABLE"], "coze-server: keys: NO_SUCH_VARIABLE holds no key"),
        (["--flaw", "nope"], "coze-server: no flaw is called 'nope'; did you mean"),
        (["check-config", "nope.yaml"], "coze-server: nope.yaml: can't be read"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(options: list[str], said: str) -> None:
    done = run(*options)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1


def test_a_good_configuration_is_said_to_be_good(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("log_level: debug")
    assert run("check-config", str(tmp_path / "a.yaml")).stdout.endswith("a.yaml: ok\n")


def written(path: Path, key: str, model: str) -> None:
    """Write a configuration with one key and one route, whole or not at all."""
    fresh = path.with_suffix(".new")
    config = {
        "engines": [{"name": "base", "token_delay": "20ms"}],
        "routes": [{"pattern": model}],
        "keys": [{"hash": f"sha256:{sha256(key.encode()).hexdigest()}"}],
    }
    fresh.write_text(json.dumps(config))
    fresh.replace(path)


def status(base: str, key: str, model: str) -> int:
    asked = {"model": model, "messages": [{"role": "user", "content": "Say: hi"}]}
    headers = {"authorization": f"Bearer {key}", "connection": "close"}
    return httpx2.post(f"{base}/chat/completions", json=asked, headers=headers).status_code


@pytest.mark.parametrize("workers", ["1", "2"])
def test_sighup_reloads_routes_and_keys_and_loses_nothing(tmp_path: Path, workers: str) -> None:
    config = tmp_path / "a.yaml"
    written(config, "sk-old", "old")
    asked = {"model": "old", "stream": True, "messages": [{"role": "user", "content": "Count to 30"}]}
    with started("--config", str(config), "--workers", workers) as (process, base):
        stream = httpx2.stream(
            "POST", f"{base}/chat/completions", json=asked, headers={"authorization": "Bearer sk-old"}, timeout=30
        )
        with stream as response:
            events = response.iter_lines()
            next(events)
            written(config, "sk-new", "new")
            process.send_signal(signal.SIGHUP)
            seen = settled(lambda: status(base, "sk-old", "old"), 401)
            assert set(seen) <= {200, 401}
            assert list(events)[-2] == "data: [DONE]"
        assert settled(lambda: status(base, "sk-new", "new"), 200)[-1] == 200
        assert status(base, "sk-new", "old") == 404


def test_a_reload_that_fails_changes_nothing(tmp_path: Path) -> None:
    config = tmp_path / "a.yaml"
    written(config, "sk-old", "old")
    with started("--config", str(config), "--workers", "1") as (process, base):
        config.write_text("routes: [{pattern: '('}]")
        process.send_signal(signal.SIGHUP)
        assert process.stderr
        assert f"not reloaded: {config}:1: routes[0].pattern: no regular expression" in process.stderr.readline()
        assert status(base, "sk-old", "old") == 200


def settled(ask: Callable[[], int], last: int, often: int = 10) -> list[int]:
    """Ask until the answer has been *last* *often* times in a row; return all answers."""
    seen: list[int] = []
    deadline = monotonic() + 30
    while seen[-often:] != [last] * often and monotonic() < deadline:
        seen.append(ask())
    return seen


def test_no_key_and_no_content_is_logged(tmp_path: Path) -> None:
    secrets = {"UPSTREAM_KEY": "sk-upstream-secret"}
    with started("--api-key-env", "UPSTREAM_KEY", **secrets) as (_, upstream):
        engine = {"name": "base", "type": "openai", "base_url": upstream, "api_key_env": "UPSTREAM_KEY", "http2": True}
        config = tmp_path / "a.yaml"
        config.write_text(json.dumps({"engines": [engine], "routes": [{"pattern": "gpt-.*"}], "log_level": "debug"}))
        with started("--config", str(config), "--workers", "1", **secrets) as (process, base):
            assert status(base, "sk-client-secret", "gpt-4o-mini") == 200
            assert status(base, "sk-client-secret", "gpt-unheard-of") == 404
            process.terminate()
            assert "secret" not in str(process.communicate(timeout=20))


def test_a_folder_of_models_is_shown_and_served(tmp_path: Path) -> None:
    (tmp_path / "llama-3.gguf").touch()
    (tmp_path / "qwen").mkdir()
    (tmp_path / "qwen" / "config.json").touch()
    (tmp_path / "readme.txt").touch()
    with started("--model-dir", str(tmp_path)) as (_, base):
        assert [model["id"] for model in httpx2.get(f"{base}/models").json()["data"]] == ["llama-3", "qwen"]
        assert status(base, "any", "qwen") == 200


def test_flaws_are_listed() -> None:
    listed = json.loads(run("flaws", "--json").stdout)
    assert {flaw["name"]: tuple(flaw["fails"]) for flaw in listed} == {name: flaw.fails for name, flaw in FLAWS.items()}


def test_a_route_is_explained(tmp_path: Path) -> None:
    config = tmp_path / "a.yaml"
    config.write_text("aliases: [{pattern: 'my-(.*)', model: '\\1'}]\nroutes: [{pattern: gpt-4}, {pattern: gpt-.*}]")
    found = run("explain-route", "my-gpt-5", "--config", str(config))
    assert found.stdout.splitlines() == [
        "alias 1 'my-(.*)': matches: read as 'gpt-5'",
        "rule 1 'gpt-4': does not match",
        "rule 2 'gpt-.*': matches: pool 'base'",
        "'gpt-5' goes to pool 'base'",
    ]
    missed = run("explain-route", "GPT-4", "--config", str(config))
    assert (missed.returncode, missed.stdout.splitlines()[-1]) == (1, "'GPT-4' matches no rule: 404 model_not_found")
    assert "upper and lower case" in missed.stdout


def test_decisions_are_written_and_made_again(tmp_path: Path) -> None:
    config, other, trace = tmp_path / "a.yaml", tmp_path / "b.yaml", tmp_path / "trace"
    pool = "engines: [{name: base}, {name: spare}]\nroutes: [{pattern: gpt-4, pool: [base, spare], load_balancing: X}]"
    config.write_text(f"{pool.replace('X', 'round_robin')}\nroute_trace: {trace}")
    other.write_text(pool.replace("X", "least_busy"))
    with started("--config", str(config), "--workers", "1") as (_, base):
        assert [status(base, "sk-any", "gpt-4") for _ in range(4)] == [200] * 4
    (written,) = tmp_path.glob("trace.*")
    again = run("replay-routes", str(written), "--config", str(config))
    assert (again.returncode, again.stdout) == (0, "4 decisions, 0 come out otherwise\n")
    changed = run("replay-routes", str(written), "--config", str(other))
    assert (changed.returncode, changed.stdout.splitlines()[-1]) == (1, "4 decisions, 4 come out otherwise")
    none = run("replay-routes", str(config))
    assert (none.returncode, none.stderr.count("\n")) == (2, 1)
