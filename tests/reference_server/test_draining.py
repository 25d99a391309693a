"""SIGTERM: who was let in is served, then the process ends."""

import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from tests.reference_server.test_cli import started
from tests.reference_server.visitors import Stream, Visitor, until, written

WORKERS = pytest.mark.parametrize("workers", ["1", "3"])


@WORKERS
@pytest.mark.parametrize("delay", ["0s", "500ms"])
def test_no_request_is_lost(tmp_path: Path, workers: str, delay: str) -> None:
    config = written(tmp_path, drain_delay=delay)
    with started("--config", str(config), "--workers", workers) as (process, base), ThreadPoolExecutor(24) as pool:
        streams = [Stream(base, pool) for _ in range(20)]
        visitors = [Visitor(base, pool) for _ in range(4)]
        until(lambda: all(stream.has_begun for stream in streams) and all(visitor.seen["200"] for visitor in visitors))
        process.terminate()
        assert process.wait(30) == 0
        assert [stream.complete.result() for stream in streams] == [True] * 20
        for visitor in visitors:
            visitor.stop()
            assert set(visitor.seen) == {"200", "ConnectionRefusedError"}
            assert visitor.seen["ConnectionRefusedError"] == 1


@WORKERS
def test_who_connected_before_is_asked_to_leave_after_an_answer(tmp_path: Path, workers: str) -> None:
    config = written(tmp_path, drain_delay="2s")
    with started("--config", str(config), "--workers", workers) as (process, base), httpx2.Client() as client:
        assert "connection" not in client.get(f"{base}/models").headers
        process.terminate()
        until(lambda: client.get(f"{base}/models").headers.get("connection") == "close")
        assert client.get(f"{base}/models").status_code == 200


@WORKERS
def test_it_is_not_ready_any_more_at_once(tmp_path: Path, workers: str) -> None:
    config = written(tmp_path, drain_delay="2s")
    with started("--config", str(config), "--workers", workers) as (process, base):
        ready = base.removesuffix("/v1") + "/readyz"
        assert httpx2.get(ready).status_code == 200
        process.terminate()
        until(lambda: httpx2.get(ready).status_code == 503)
        assert httpx2.get(f"{base}/models").status_code == 200


def test_who_has_connected_and_not_yet_asked_is_heard(tmp_path: Path) -> None:
    config = written(tmp_path, drain_delay="500ms")
    with started("--config", str(config), "--workers", "1") as (process, base):
        url = httpx2.URL(base)
        with socket.create_connection((url.host, url.port)) as connection:
            process.terminate()
            until(lambda: httpx2.get(f"{base}/models").headers.get("connection") == "close")
            connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: here\r\n\r\n")
            connection.settimeout(10)
            assert connection.recv(100).startswith(b"HTTP/1.1 200")


@WORKERS
def test_what_takes_longer_than_the_timeout_is_cut_off(tmp_path: Path, workers: str) -> None:
    config = written(tmp_path, drain_timeout="200ms")
    with started("--config", str(config), "--workers", workers) as (process, base), ThreadPoolExecutor(1) as pool:
        stream = Stream(base, pool, words=5000)
        until(lambda: stream.has_begun)
        process.terminate()
        _, said = process.communicate(timeout=30)
        assert process.returncode == 0
        assert said.count("not all requests have finished within drain_timeout") == 1
        assert not stream.complete.result()


@WORKERS
def test_a_second_signal_ends_it_at_once(tmp_path: Path, workers: str) -> None:
    config = written(tmp_path, drain_delay="1h")
    with started("--config", str(config), "--workers", workers) as (process, base):
        process.terminate()
        until(lambda: httpx2.get(f"{base}/models").headers.get("connection") == "close")
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 128 + signal.SIGINT
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(f"{base}/models")
