import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
            process.kill()


def run(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *options], capture_output=True, text=True, check=False, timeout=30)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_is_and_stops_when_told(number: signal.Signals) -> None:
    with started() as (process, base):
        assert httpx2.get(f"{base}/models").status_code == 200
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.communicate() == ("", "")


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


def test_flaws_are_listed() -> None:
    listed = json.loads(run("flaws", "--json").stdout)
    assert {flaw["name"]: tuple(flaw["fails"]) for flaw in listed} == {name: flaw.fails for name, flaw in FLAWS.items()}
