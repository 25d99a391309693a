"""openai for Node against the reference server: everything that an application does with it."""

import fcntl
import json
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.clients.servers import KEY, in_order, moody, silent
from tests.servers import running

PROJECT = Path(__file__).parents[1] / "node"
OLDEST = 20
INSTALLING = 240
RUNNING = 60
SCENARIOS = (
    "chat",
    "chat-iterated",
    "chat-accumulated",
    "chat-left",
    "chat-parsed",
    "chat-tools",
    "chat-tools-accumulated",
    "responses",
    "responses-iterated",
    "responses-accumulated",
    "responses-parsed",
    "responses-tools",
    "conversations",
    "embeddings",
    "completions",
    "moderations",
    "files",
    "images",
    "audio",
    "models",
    "raw",
    "errors",
)


@cache
def missing() -> str:
    """Say in one line what is missing for these tests, and how to get it; install what npm can."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return f"openai for Node is not tested: {'npm' if node else 'Node.js'} is missing; install Node.js {OLDEST}"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST:
        return f"openai for Node is not tested: this is Node.js {version}; install Node.js {OLDEST} or newer"
    return install(npm)


def install(npm: str) -> str:
    """Install what the lock file names, once however many tests run side by side; say what went wrong."""
    with (PROJECT / ".installing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if installed() == wanted():
            return ""
        done = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund"],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=INSTALLING,
            check=False,
        )
    why = "; ".join(done.stderr.strip().splitlines()[-3:])
    return "" if done.returncode == 0 else f"openai for Node is not tested: run `npm ci` in {PROJECT.name}: {why}"


def wanted() -> str:
    """The version that the lock file names."""
    lock = json.loads((PROJECT / "package-lock.json").read_text("utf-8"))
    return str(lock["packages"]["node_modules/openai"]["version"])


def installed() -> str:
    """The version that is there; empty where none is."""
    package = PROJECT / "node_modules" / "openai" / "package.json"
    return str(json.loads(package.read_text("utf-8"))["version"]) if package.is_file() else ""


def play(base_url: str, *scenarios: str) -> dict[str, str]:
    """Run scenarios in one Node process; return what went wrong in each, empty where nothing did."""
    if missing():
        pytest.skip(missing())
    command = ["node", "client.mjs", base_url, KEY, *scenarios]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=RUNNING, check=False)
    assert done.returncode == 0, done.stderr
    wrong: dict[str, str] = json.loads(done.stdout)
    return wrong


@cache
def played() -> dict[str, str]:
    """Run all scenarios against one server."""
    with in_order() as base_url:
        return play(base_url, *SCENARIOS)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_openai_for_node_completes(scenario: str) -> None:
    assert played()[scenario] == ""


@pytest.mark.parametrize("status", [429, 500])
def test_openai_for_node_tries_again_what_will_pass(status: int) -> None:
    with moody(status, status) as (base_url, app):
        assert play(base_url, "retries") == {"retries": ""}
    assert app.asked == 3


def test_openai_for_node_gives_up_a_silent_server() -> None:
    with running(silent) as base_url:
        assert play(base_url, "gives-up") == {"gives-up": ""}


def test_the_lock_file_names_no_address() -> None:
    lock = (PROJECT / "package-lock.json").read_text("utf-8")
    assert "resolved" not in lock
    assert "http" not in lock
