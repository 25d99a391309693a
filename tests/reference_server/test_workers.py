"""Workers that are killed, and a parent that is."""

import os
import re
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import monotonic

import httpx2
import pytest

from tests.reference_server.test_cli import started
from tests.reference_server.visitors import Stream, Visitor, until, written

WORKERS = 3
pytestmark = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="processes are looked at in /proc")


def children(pid: int) -> set[int]:
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def ended(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return not status.exists() or "State:\tZ" in status.read_text()


def clients_of(pid: int) -> set[int]:
    """The client's port of every connection that a process has."""
    mine = set(opened(pid))
    return {port for inode, port in connections() if f"socket:[{inode}]" in mine}


def opened(pid: int) -> Iterator[str]:
    """What a process has open; it may open and close while it is looked at."""
    for file in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            yield str(file.readlink())


def connections() -> Iterator[tuple[str, int]]:
    """The inode and the peer's port of every TCP connection of this machine."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, _, peer, *rest = line.split()
        yield rest[6], int(peer.partition(":")[2], 16)


def test_a_killed_worker_is_replaced_and_takes_only_its_own_requests_along(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    config = written(tmp_path)
    with (
        started("--config", str(config), "--workers", str(WORKERS)) as (process, base),
        ThreadPoolExecutor(34) as pool,
    ):
        streams = [Stream(base, pool, words=200) for _ in range(30)]
        visitors = [Visitor(base, pool) for _ in range(4)]
        until(lambda: all(stream.has_begun for stream in streams) and all(visitor.seen["200"] for visitor in visitors))
        before = children(process.pid)
        killed = max(before, key=lambda pid: len(clients_of(pid)))
        lost = clients_of(killed)
        os.kill(killed, signal.SIGKILL)
        since = monotonic()
        until(lambda: len(children(process.pid) - {killed}) == WORKERS)
        replaced = monotonic() - since
        assert children(process.pid) > before - {killed}
        until(lambda: len(clients_of(max(children(process.pid) - before))) > 0)
        whole = monotonic() - since
        for visitor in visitors:
            visitor.stop()
        complete = {stream.port: stream.complete.result() for stream in streams}
        assert {port for port, good in complete.items() if not good} == lost & set(complete)
        seen = sum((visitor.seen for visitor in visitors), Counter[str]())
        failed = seen.total() - seen["200"]
        # At the moment of the kill each visitor has one request under way at most.
        assert failed <= len(visitors)
        cut = list(complete.values()).count(False)
        figure = f"new process {replaced:.3f} s, serving {whole:.3f} s, {cut} of 30 streams, {failed} of {seen.total()}"
        record_property("killed worker", figure)
        print(figure)


def test_killed_again_and_again_it_goes_on(tmp_path: Path) -> None:
    with started("--config", str(written(tmp_path)), "--workers", "2") as (process, base):
        for _ in range(3):
            before = children(process.pid)
            os.kill(max(before), signal.SIGKILL)
            until(lambda: bool(children(process.pid) - before))  # noqa: B023
        assert httpx2.get(f"{base}/models").status_code == 200
        process.terminate()
        assert process.wait(20) == 0


def test_a_new_worker_knows_what_was_reloaded(tmp_path: Path) -> None:
    config = written(tmp_path, routes=[{"pattern": "old"}])
    with started("--config", str(config), "--workers", "2") as (process, base):
        written(tmp_path, routes=[{"pattern": "new"}])
        process.send_signal(signal.SIGHUP)
        asked = {"model": "new", "messages": [{"role": "user", "content": "Say: hi"}]}

        def known() -> bool:
            answers = [httpx2.post(f"{base}/chat/completions", json=asked).status_code for _ in range(10)]
            return set(answers) == {200}

        until(known)
        for pid in children(process.pid):
            os.kill(pid, signal.SIGKILL)
        until(known)


def test_workers_do_not_outlive_their_parent(tmp_path: Path) -> None:
    config = written(tmp_path)
    with (
        started("--config", str(config), "--workers", str(WORKERS)) as (process, base),
        ThreadPoolExecutor(1) as pool,
    ):
        stream = Stream(base, pool)
        until(lambda: stream.has_begun)
        workers = children(process.pid)
        process.kill()
        assert process.wait(10) == -signal.SIGKILL
        until(lambda: all(ended(worker) for worker in workers))
        assert stream.complete.result()
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{base}/models")


def test_an_interrupt_from_the_terminal_drains_too(tmp_path: Path) -> None:
    config = written(tmp_path)
    with (
        started("--config", str(config), "--workers", str(WORKERS)) as (process, base),
        ThreadPoolExecutor(1) as pool,
    ):
        stream = Stream(base, pool)
        until(lambda: stream.has_begun)
        for pid in [process.pid, *children(process.pid)]:
            os.kill(pid, signal.SIGINT)
        assert process.wait(20) == 0
        assert stream.complete.result()


def test_a_port_that_is_taken_is_not_shared(tmp_path: Path) -> None:
    with started("--workers", "2") as (_, base):
        port = re.sub(r".*:(\d+)/.*", r"\1", base)
        with started("--port", port, "--workers", "2") as (second, _):
            _, said = second.communicate(timeout=20)
            assert second.returncode == 2
            assert said == f"coze-server: 127.0.0.1, port {port}: Address already in use\n"
