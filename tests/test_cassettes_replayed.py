"""Golden requests, sent to the bundled server: refused and answered as the golden set has it."""

import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from cozecheck import bundled
from cozecheck.exchange import Headers, Response
from tests import golden
from tests.golden import Golden

OPENAI = "https://api.openai.com/v1"
FINISHED = ("completed", "failed", "cancelled")
Replay = tuple[Golden, Response]


@pytest.fixture(scope="module")
def replays() -> list[Replay]:
    """Send them all in their order, with the ids that the server gave in place of the golden ones."""
    with bundled.running() as server, httpx2.Client(timeout=30) as client:
        road = Road(client, server)
        return [(each, road.ask(each)) for each in golden.every() if each.is_replayable]


class Road:
    """Sends golden requests to a server, and keeps which id has become which."""

    def __init__(self, client: httpx2.Client, server: bundled.Bundled) -> None:
        self._client = client
        self._server = server
        self._ids: dict[str, str] = {}

    def ask(self, each: Golden) -> Response:
        """Send one, again where it asks for what takes its time."""
        response = self._send(each)
        for _ in range(100):
            if not unfinished(each.response.json, response.json):
                break
            time.sleep(0.05)
            response = self._send(each)
        self._ids |= dict(pairs(each.response.json, response.json))
        return response

    def _send(self, each: Golden) -> Response:
        request = each.exchange.request
        headers = {"authorization": f"Bearer {self._server.api_key}", **dict(request.headers.lines)}
        url = self._renamed(request.url.encode()).decode().replace(OPENAI, self._server.base_url)
        reply = self._client.request(request.method, url, headers=headers, content=self._renamed(request.body))
        return Response(reply.status_code, Headers(tuple(reply.headers.items())), reply.content)

    def _renamed(self, data: bytes) -> bytes:
        for old, new in self._ids.items():
            data = data.replace(old.encode(), new.encode())
        return data


def unfinished(wanted: Any, found: Any) -> bool:
    is_batch = isinstance(wanted, dict) and wanted.get("object") == "batch" and wanted["status"] == "completed"
    return is_batch and found.get("status") not in FINISHED


def pairs(old: Any, new: Any) -> Iterator[tuple[str, str]]:
    """Yield the ids at the same places of two JSON values that the first server made up."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old.keys() & new.keys():
            if (
                isinstance(old[key], str)
                and isinstance(new[key], str)
                and ("Authored" in old[key] or "decade" in old[key])
            ):
                yield old[key], new[key]
            yield from pairs(old[key], new[key])
    if isinstance(old, list) and isinstance(new, list):
        for one, other in zip(old, new, strict=False):
            yield from pairs(one, other)


def test_statuses_are_the_same(replays: list[Replay]) -> None:
    assert len(replays) > 150
    assert [name for name, old, new in compared(replays, lambda it: it.status) if old != new] == []


def test_errors_have_the_same_type_code_and_param(replays: list[Replay]) -> None:
    assert [each for each in compared(replays, refusal) if each[1] != each[2]] == []


def test_answers_end_the_same_way(replays: list[Replay]) -> None:
    assert [each for each in compared(replays, ending) if each[1] != each[2]] == []


def test_bodies_have_the_same_keys(replays: list[Replay]) -> None:
    lost = {key for _, old, new in compared(replays, lambda it: set(keys(it.json))) for key in old - new}

    assert lost == {"/billing", "/billing/payer"}, "a server at home bills nobody; all else is there"


def compared(replays: list[Replay], view: Any) -> list[tuple[str, Any, Any]]:
    return [(each.name, view(each.response), view(response)) for each, response in replays]


def refusal(response: Response) -> Any:
    error = response.json["error"] if not response.ok else {}
    return [error.get(key) for key in ("type", "code", "param")]


def ending(response: Response) -> Any:
    """Why it ended, which tools are called, and whether it is a refusal, from whatever kind of answer."""
    values = [response.json, *(each.value for each in response.payloads)] if response.is_stream else [response.json]
    found: list[Any] = []
    for value in values:
        if isinstance(value, dict):
            for choice in value.get("choices", []):
                said = choice.get("message") or choice.get("delta") or {}
                calls = [
                    call.get("function") or call.get("custom")
                    for call in said.get("tool_calls") or []
                    if call.get("id")
                ]
                found += [choice.get("finish_reason"), *(call["name"] for call in calls)]
            final = value.get("response", value)
            if final.get("object") == "response":
                found += [final["status"], *((item["type"], item.get("name")) for item in final["output"])]
    return [each for each in found if each]


OPEN = ("metadata", "schema", "parameters", "top_logprobs")
"""Keys below which it is the request, or the text, that says what is there."""


def keys(value: Any, at: str = "") -> Iterator[str]:
    """Yield the paths of all keys, without the places in arrays."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield f"{at}/{key}"
            if key not in OPEN:
                yield from keys(part, f"{at}/{key}")
    if isinstance(value, list):
        for part in value:
            yield from keys(part, at)
