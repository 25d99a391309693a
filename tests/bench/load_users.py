"""Locust's own clients on chat streams, as its documentation has them: what ours is measured beside."""

from locust import FastHttpUser, HttpUser, task

from tests.bench.asked import PATH, body

JSON = {"content-type": "application/json"}


class Plain(HttpUser):
    """requests."""

    @task
    def ask(self) -> None:
        with self.client.post(PATH, body(stream=True), headers=JSON, stream=True, catch_response=True) as response:
            for _ in response.iter_lines():
                pass


class Fast(FastHttpUser):
    """geventhttpclient."""

    @task
    def ask(self) -> None:
        for _ in self.client.iter_lines(PATH, "POST", data=body(stream=True).decode(), headers=JSON):
            pass
