"""What the recording proxy adds to the first byte, beside no proxy at all."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter, sleep

from tests.bench import contenders
from tests.bench.asked import HOST, PATH, answered, body
from tests.bench.contenders import running
from tests.bench.figures import figure

TIMES, BUSY, REST = 300, 4, 0.05
"""Requests of each kind; clients that stream beside them, and the seconds that each rests after a stream."""
PAUSE = 0.01
"""Seconds before each, so that what the one before left to do is done."""
MOST_ADDED = 1.0
"""Aim: milliseconds at the median."""


def main() -> None:
    """Print every figure, beside what is aimed at."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        for line in measured(Path(folder), stack):
            print(line, flush=True)


def measured(folder: Path, stack: ExitStack) -> Iterator[str]:
    """Measure, and yield the lines."""
    direct, through = contenders.free_port(), contenders.free_port()
    stack.enter_context(running(contenders.coze(direct), direct))
    between = stack.enter_context(running(proxy(through, direct, folder / "kept"), through))
    os.sched_setaffinity(between.process.pid, {contenders.LOADING})
    yield f"first byte through cozecheck record --proxy, {TIMES} times each way, one after the other; ms"
    yield from compared("alone", direct, through)
    with busy(through):
        yield from compared(f"beside {BUSY} who stream", direct, through)
    yield f"  exchanges kept: {len(list((folder / 'kept').iterdir())):,}"


def proxy(port: int, upstream: int, folder: Path) -> list[str]:
    """The command of the proxy."""
    to = ["--upstream", f"http://{HOST}:{upstream}/v1", "--port", str(port), "-o", str(folder)]
    return [sys.executable, "-m", "cozecheck", "record", "--proxy", *to]


def compared(title: str, direct: int, through: int) -> Iterator[str]:
    """Ask directly and through the proxy in turns, each as often first, so that both meet the same machine."""
    for stream in (False, True):
        lines = [Line(port, stream=stream) for port in (direct, through)]
        times: list[list[float]] = [[], []]
        for number in range(TIMES):
            for which in (number % 2, 1 - number % 2):
                sleep(PAUSE)
                times[which].append(1000 * lines[which].first_byte())
        here, there = (quantiles(each, n=100) for each in times)
        for name, at, most in (("median", 49, MOST_ADDED), ("p99", 98, None)):
            what = f"  {'stream' if stream else 'whole'}, {title}, {name}: {there[at]:.2f} - {here[at]:.2f}"
            yield figure(what, there[at] - here[at], "ms added", most=most)


class Line:
    """A connection that is kept, and what is asked on it."""

    def __init__(self, port: int, *, stream: bool) -> None:
        self._socket = socket.create_connection((HOST, port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        asked = body(stream=stream)
        head = f"POST {PATH} HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/json\r\ncontent-length: {len(asked)}"
        self._request = head.encode() + b"\r\n\r\n" + asked
        self._end = b"\r\n0\r\n\r\n" if stream else b"}"

    def first_byte(self) -> float:
        """Ask once; return the seconds until something came, and read the rest."""
        began = perf_counter()
        self._socket.sendall(self._request)
        data = self._socket.recv(65536)
        seconds = perf_counter() - began
        while not data.endswith(self._end):
            data += self._socket.recv(65536)
        return seconds


@contextmanager
def busy(port: int) -> Iterator[None]:
    """Keep the proxy busy while the block lasts."""
    over = Event()

    def stream() -> None:
        while not over.is_set():
            answered(port, stream=True)
            over.wait(REST)

    threads = [Thread(target=stream, daemon=True) for _ in range(BUSY)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
