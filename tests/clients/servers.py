"""Servers for real clients: in order, moody, and silent."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from openai import OpenAI
from starlette.types import ASGIApp, Receive, Scope, Send

from reference_server.app import create_app
from tests.reference import KEY, settings
from tests.servers import running

MODEL = "gpt-4o-mini"
EMBEDDER = "text-embedding-3-small"


@contextmanager
def in_order() -> Iterator[str]:
    """Run the reference server; gives its base URL."""
    with running(create_app(settings())) as base_url:
        yield base_url


@contextmanager
def client() -> Iterator[OpenAI]:
    """Give openai-python, without retries, for the reference server."""
    with in_order() as base_url, OpenAI(base_url=base_url, api_key=KEY, max_retries=0) as made:
        yield made


class Moody:
    """An app that refuses its first requests with these statuses, then does as the other app does."""

    def __init__(self, app: ASGIApp, *statuses: int) -> None:
        self._app = app
        self._statuses = list(statuses)
        self.asked = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        if not self._statuses:
            await self._app(scope, receive, send)
            return
        status = self._statuses.pop(0)
        headers = [(b"content-type", b"application/json"), (b"retry-after-ms", b"1"), (b"x-request-id", b"req_1")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        body = b'{"error": {"message": "Not now.", "type": "server_error", "param": null, "code": null}}'
        await send({"type": "http.response.body", "body": body})


@contextmanager
def moody(*statuses: int) -> Iterator[tuple[str, Moody]]:
    """Run the reference server behind a moody app."""
    app = Moody(create_app(settings()), *statuses)
    with running(app) as base_url:
        yield base_url, app


async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
    """Never answer."""
    await asyncio.Event().wait()


__all__ = ["EMBEDDER", "KEY", "MODEL", "Moody", "client", "in_order", "moody", "silent"]
