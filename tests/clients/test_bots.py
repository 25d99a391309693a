"""Clients of OpenAI's API against bots of Coze, in both dialects: unmodified."""

import pytest

from tests.clients.asking_bots import ask
from tests.clients.servers import KEY
from tests.clients.test_openai_node import play
from tests.clients.test_openai_python_older import RELEASES, missing, run
from tests.reference_server.coze_asking import bots
from tests.reference_server.coze_rules import Dialect

DIALECTS: tuple[Dialect, ...] = ("cloud", "studio")
SCENARIOS = (
    "chat",
    "chat-iterated",
    "chat-accumulated",
    "chat-left",
    "responses",
    "responses-iterated",
    "responses-accumulated",
    "conversations",
    "completions",
    "files",
    "models",
    "raw",
    "errors",
)
"""Everything but tools of the client's own, forms of answers, vectors, images and sounds."""


@pytest.mark.parametrize("dialect", DIALECTS)
def test_openai_for_python_talks_to_bots(dialect: Dialect) -> None:
    with bots(dialect, KEY) as base_url:
        ask(base_url, KEY)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("release", RELEASES)
def test_older_releases_talk_to_bots(release: str, dialect: Dialect) -> None:
    if why := missing(release):
        pytest.skip(why)
    with bots(dialect, KEY) as base_url:
        done = run(release, "-m", "tests.clients.asking_bots", base_url, KEY)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("dialect", DIALECTS)
def test_openai_for_node_talks_to_bots(dialect: Dialect) -> None:
    with bots(dialect, KEY) as base_url:
        assert play(base_url, *SCENARIOS) == dict.fromkeys(SCENARIOS, "")
