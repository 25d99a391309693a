"""Builders: the command line in this process, and servers in other threads for it to talk to."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import Queue
from threading import Thread
from typing import Any

import pytest
import typer

from cozecheck.cli import app, run
from tests.probe.hostile import Behaviour, serving


def parameters(command: str, *arguments: str) -> dict[str, Any]:
    """Parse, do not run."""
    group: Any = typer.main.get_command(app)
    with group.make_context("cozecheck", [command]) as root:
        context = group.commands[command].make_context(command, list(arguments), parent=root)
    parsed: dict[str, Any] = context.params
    return parsed


def complaint(capsys: pytest.CaptureFixture[str], arguments: Sequence[str], code: int) -> str:
    """Run a command that fails with *code*; return its one line on stderr."""
    assert run(arguments) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("cozecheck: ")
    assert err.count("\n") == 1
    return err.removeprefix("cozecheck: ").strip()


@contextmanager
def target(behaviour: Behaviour) -> Iterator[str]:
    """Serve with *behaviour* in a thread; gives the base URL."""
    said: Queue[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Queue()

    async def serve() -> None:
        async with serving(behaviour) as base_url:
            stop = asyncio.Event()
            said.put((base_url, asyncio.get_running_loop(), stop))
            await stop.wait()

    thread = Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    base_url, loop, stop = said.get(timeout=10)
    try:
        yield base_url
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
