"""So much load a second, whatever the answers."""

import re
import socket
from collections import deque
from select import EPOLLIN, epoll
from time import perf_counter

from tests.bench.asked import HOST, PATH, body

CONNECTIONS = 64
LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
HEAD_END = b"\r\n\r\n"


class Connection:
    """One connection, on which one request at a time is asked."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due = 0.0
        self._read = b""

    def ask(self, request: bytes, due: float) -> None:
        self.due = due
        self._read = b""
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Read what there is, and tell whether it is all."""
        self._read += self.socket.recv(65536)
        at, length = self._read.find(HEAD_END), LENGTH.search(self._read)
        return at >= 0 and length is not None and len(self._read) >= at + len(HEAD_END) + int(length[1])


def paced(port: int, rate: float, seconds: float) -> list[float]:
    """Ask so often a second; return the latencies in seconds, sorted.

    Each counts from the moment it was due, so that a server which stalls is not asked less. It waits without sleeping,
    for timers are too coarse; what it is off by itself shows with the bare server.
    """
    connections = [Connection(port) for _ in range(CONNECTIONS)]
    known, free = {each.socket.fileno(): each for each in connections}, deque(connections)
    latencies: list[float] = []
    request, sent, began = written(), 0, perf_counter()
    with epoll() as events:
        for number in known:
            events.register(number, EPOLLIN)
        while len(latencies) < int(rate * seconds):
            while free and sent < int(rate * seconds) and began + sent / rate <= perf_counter():
                free.popleft().ask(request, began + sent / rate)
                sent += 1
            for number, _ in events.poll(0):
                if known[number].is_answered():
                    latencies.append(perf_counter() - known[number].due)
                    free.append(known[number])
    for each in connections:
        each.socket.close()
    return sorted(latencies)


def written() -> bytes:
    """The request as it goes over the wire."""
    asked = body()
    head = f"POST {PATH} HTTP/1.1\r\nhost: {HOST}\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(asked)}\r\n\r\n".encode() + asked
