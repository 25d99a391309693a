"""A server in front of a Coze, both on real sockets, and ways to ask it."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest import mock

import httpx2
from pydantic import SecretStr

from reference_server.app import create_app
from reference_server.settings import CozeEngine, Key, Route, Settings, Timeouts
from tests.reference_server.asking import NO_HEADERS, chat
from tests.reference_server.coze_rules import Dialect
from tests.reference_server.fake_coze import BOT, KEY, FakeCoze, Run, Script, Step
from tests.servers import running

MODEL = "gpt-4o-mini"
HASTY = Timeouts(connect=5, first_token=10, idle=10, total=10)
CLIENT = {"authorization": "Bearer sk-client"}


def engine(base_url: str, dialect: Dialect = "cloud", **rest: Any) -> CozeEngine:
    """An engine at `base_url`, whose key is in the environment while `keyed`."""
    said = {"name": "base", "type": "coze", "api_key_env": "COZE_KEY", "bot": BOT, "timeouts": HASTY, **rest}
    return CozeEngine.model_validate({**said, "dialect": dialect, "base_url": base_url})


@contextmanager
def keyed(key: str = KEY) -> Iterator[None]:
    with mock.patch.dict(os.environ, {"COZE_KEY": key}):
        yield


@contextmanager
def in_front_of(
    fake: FakeCoze, *, key: str = KEY, settings: Mapping[str, Any] = NO_HEADERS, **rest: Any
) -> Iterator[httpx2.Client]:
    """A client of a server whose one engine is this Coze."""
    with running(fake.app) as there, keyed(key):
        engines = (engine(there.removesuffix("/v1"), fake.dialect, **rest),)
        given = {"engines": engines, "routes": (Route(pattern=".*"),), "health_check": None, **settings}
        with running(create_app(Settings(**given))) as base, httpx2.Client(base_url=base, timeout=30) as client:
            yield client


@contextmanager
def bots(dialect: Dialect, key: str) -> Iterator[str]:
    """A server as it comes, in front of a Coze as it comes; gives its base URL."""
    with running(FakeCoze(dialect).app) as there, keyed():
        engines = (engine(there.removesuffix("/v1"), dialect),)
        with running(create_app(Settings(engines=engines, keys=(Key(value=SecretStr(key)),)))) as base_url:
            yield base_url


def ask(fake: FakeCoze, asked: Any = None, **rest: Any) -> httpx2.Response:
    """Put one chat request through a server to a Coze."""
    with in_front_of(fake, **rest) as client:
        return client.post("/chat/completions", json=asked or chat())


def said(response: httpx2.Response) -> str:
    """What an answer says."""
    assert response.status_code == 200, response.text
    content: str = response.json()["choices"][0]["message"]["content"]
    return content


def steps(*given: Step) -> Script:
    """A chat in which this happens, whatever was asked."""
    return lambda fake, run: given


def answer(fake: FakeCoze, run: Run, content: str, number: int = 1, **more: Any) -> Step:
    return "conversation.message.completed", fake.message(run, "answer", content, number, **more)


def piece(fake: FakeCoze, run: Run, content: str, number: int = 1, **more: Any) -> Step:
    return "conversation.message.delta", fake.message(run, "answer", content, number, **more)


def completed(fake: FakeCoze, run: Run, **more: Any) -> Step:
    run.status = "completed"
    return "conversation.chat.completed", fake.chat(run, **more)
