"""Locust's own clients on chat streams, as its documentation has them: what ours is measured beside."""

import json
import time
from collections.abc import Iterable

from locust import FastHttpUser, HttpUser, task

from tests.bench.asked import PATH, body

JSON = {"content-type": "application/json"}


def note(lines: Iterable[str | bytes]) -> list[float]:
    """Read each event, and return when it came: the least that a measure of tokens takes."""
    times = []
    for line in lines:
        data = line if isinstance(line, bytes) else line.encode()
        if data.startswith(b"data: {"):
            json.loads(data[6:])
            times.append(time.perf_counter())
    return times


class Plain(HttpUser):
    """requests."""

    @task
    def ask(self) -> None:
        with self.client.post(PATH, body(stream=True), headers=JSON, stream=True, catch_response=True) as response:
            note(response.iter_lines())


class Fast(FastHttpUser):
    """geventhttpclient."""

    @task
    def ask(self) -> None:
        note(self.client.iter_lines(PATH, "POST", data=body(stream=True).decode(), headers=JSON))
