"""openai for Node against the reference server: everything that an application does with it."""

import json
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.clients.servers import KEY, in_order, moody, silent
from tests.npm import missing
from tests.servers import running

PROJECT = Path(__file__).parents[1] / "node"
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


def absent() -> str:
    """Say in one line what is missing for these tests, and how to get it."""
    why = missing(PROJECT)
    return f"openai for Node is not tested: {why}" if why else ""


def play(base_url: str, *scenarios: str) -> dict[str, str]:
    """Run scenarios in one Node process; return what went wrong in each, empty where nothing did."""
    if absent():
        pytest.skip(absent())
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
