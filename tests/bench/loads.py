"""Load on a server: as much as it takes, or so much a second."""

import os
import re
import socket
import subprocess
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from select import EPOLLIN, epoll
from time import perf_counter

from tests.bench.asked import HOST, PATH, body
from tests.bench.contenders import CORES, LOADING

CONNECTIONS = 32
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
HEAD_END = b"\r\n\r\n"
COUNTING = 'local n = 0\nrequest = function() n = n + 1; return wrk.format(nil, nil, nil, string.gsub(body, "today", n, 1)) end\n'


@dataclass(frozen=True, slots=True)
class Served:
    """What a server managed: answers, and answers a second."""

    count: int
    rate: float


def flood(port: int, seconds: float, folder: Path, *, stream: bool = False, varied: bool = False) -> Served:
    """Ask over 32 connections without a pause, with wrk; `varied` prompts are each another."""
    script = folder / "asking.lua"
    asked = f"body = [[{body(stream=stream).decode()}]]\nwrk.method, wrk.body = 'POST', body\n"
    script.write_text(f"{asked}wrk.headers['content-type'] = 'application/json'\n{COUNTING if varied else ''}")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "-s", str(script), f"http://{HOST}:{port}{PATH}"]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, preexec_fn=lambda: os.sched_setaffinity(0, {LOADING})
    )
    assert "Non-2xx" not in done.stdout, done.stdout
    counted, rate = re.search(r"(\d+) requests in", done.stdout), re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    assert counted, done.stdout
    assert rate, done.stdout
    return Served(int(counted[1]), float(rate[1]))


def paced(port: int, rate: float, seconds: float) -> list[float]:
    """Ask at a steady rate, whatever the answers; return latencies in seconds, sorted.

    Each counts from the moment it was due, so that a server which stalls is not asked less. Waits without sleeping:
    its own error is that of the bare server measured so.
    """
    asked = body()
    request = b"POST %b HTTP/1.1\r\nhost: %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (
        PATH.encode(), HOST.encode(), len(asked), asked)  # fmt: skip
    os.sched_setaffinity(0, {LOADING})
    free = deque(socket.create_connection((HOST, port)) for _ in range(2 * CONNECTIONS))
    known, due_of, read = (
        {each.fileno(): each for each in free},
        {},
        dict.fromkeys([each.fileno() for each in free], b""),
    )
    events = epoll()
    for number in known:
        events.register(number, EPOLLIN)
    latencies: list[float] = []
    sent, total, began = 0, int(rate * seconds), perf_counter()
    while len(latencies) < total:
        now = perf_counter()
        while sent < total and free and began + sent / rate <= now:
            asking = free.popleft()
            due_of[asking.fileno()] = began + sent / rate
            asking.sendall(request)
            sent += 1
        for number, _ in events.poll(0):
            read[number] += known[number].recv(65536)
            if is_whole(read[number]):
                latencies.append(perf_counter() - due_of[number])
                read[number] = b""
                free.append(known[number])
    for each in known.values():
        each.close()
    os.sched_setaffinity(0, CORES)
    return sorted(latencies)


def is_whole(response: bytes) -> bool:
    """Tell whether a response is at its end."""
    at, length = response.find(HEAD_END), LENGTH.search(response)
    return at >= 0 and length is not None and len(response) >= at + len(HEAD_END) + int(length[1])
