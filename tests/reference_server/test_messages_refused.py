"""Whatever refuses one of Anthropic's requests on its way does so in Anthropic's envelope."""

import asyncio
from base64 import b64encode

import httpx2
import pytest
from pydantic import SecretStr

from reference_server.app import create_app
from reference_server.settings import Key, Settings, SyntheticEngine
from tests.reference_server.asking import Json, app, ask, chat, post
from tests.reference_server.messages import MESSAGES, VERSION, asking, message, refusal, send
from tests.reference_server.test_media import PNG
from tests.reference_server.test_messages_request import result
from tests.reference_server.upstreams import Listening, as_json, through

KEY = "sk-right-0123456789-abcdef"
PICTURE = {"type": "image", "source": {"type": "url", "url": "http://169.254.169.254/"}}


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (b"400 x", (400, "invalid_request_error")),
        (b"404 x", (404, "not_found_error")),
        (b"422 x", (422, "invalid_request_error")),
        (b"429 x", (429, "rate_limit_error")),
        (b"500 x", (500, "api_error")),
        (b"401 x", (502, "api_error")),
    ],
)
def test_what_an_upstream_refuses_is_told_in_the_envelope(status: bytes, told: tuple[int, str]) -> None:
    upstream = Listening(as_json({"error": {"message": "No.", "type": "x"}}, status))
    response = through(upstream, asking(), MESSAGES, VERSION)
    assert (response.status_code, refusal(response)["type"]) == told


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", MESSAGES, 405, "invalid_request_error"),
        ("POST", f"{MESSAGES}/batches", 404, "not_found_error"),
        ("POST", f"{MESSAGES}/count_tokens", 400, "invalid_request_error"),
        ("POST", MESSAGES, 400, "invalid_request_error"),
    ],
)
def test_every_refusal_below_its_path_is_in_the_envelope(method: str, path: str, status: int, kind: str) -> None:
    response = ask(app(), method, path, VERSION, content=b"{")
    assert (response.status_code, refusal(response)["type"]) == (status, kind)


def test_a_body_that_is_too_large_is_told_so() -> None:
    response = send(app(max_body_bytes=100), asking("x" * 200))
    assert (response.status_code, refusal(response)["type"]) == (413, "request_too_large")


@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic x"}, {"x-api-key": " "}])
def test_a_missing_key_is_asked_for(headers: dict[str, str]) -> None:
    response = send(app(keys=(KEY,)), asking(), headers)
    assert (response.status_code, refusal(response)["type"]) == (401, "authentication_error")
    assert "www-authenticate" not in response.headers


@pytest.mark.parametrize("headers", [{"x-api-key": KEY}, {"authorization": f"Bearer {KEY}"}])
def test_a_key_opens_by_either_header(headers: dict[str, str]) -> None:
    assert message(send(app(keys=(KEY,)), asking(), headers))["content"]


def test_openais_paths_do_not_take_the_other_header() -> None:
    assert post(app(keys=(KEY,)), chat(), {"x-api-key": KEY}).status_code == 401


@pytest.mark.parametrize("version", [{}, {"anthropic-version": "2020-01-01"}])
@pytest.mark.parametrize("path", [MESSAGES, f"{MESSAGES}/count_tokens"])
def test_a_version_is_wanted(version: dict[str, str], path: str) -> None:
    response = ask(app(), "POST", path, version, json=asking())
    assert response.status_code == 400
    assert "anthropic-version" in refusal(response)["message"]


def test_limits_are_shared_with_openais_protocol() -> None:
    server = app(keys=(KEY,), rate_limits={"rpm": 2})
    with_key = {"x-api-key": KEY}
    assert post(server, chat(), {"authorization": f"Bearer {KEY}"}).status_code == 200
    assert message(send(server, asking(), with_key))
    refusing = send(server, asking(), with_key)
    assert (refusing.status_code, refusal(refusing)["type"]) == (429, "rate_limit_error")
    assert refusing.headers["retry-after"]
    assert send(server, asking(max_tokens=None), with_key, f"{MESSAGES}/count_tokens").status_code == 429


def test_a_key_opens_its_models_only() -> None:
    server = create_app(Settings(keys=(Key(value=SecretStr(KEY), models=("gpt-4o",)),)))
    for path, asked in ((MESSAGES, asking()), (f"{MESSAGES}/count_tokens", asking(max_tokens=None))):
        response = send(server, asked, {"x-api-key": KEY}, path)
        assert (response.status_code, refusal(response)["type"]) == (404, "not_found_error")


def test_a_full_queue_is_an_overload() -> None:
    engine = SyntheticEngine(name="base", max_concurrent=1, queue=0, first_token_delay=0.2)

    async def both() -> list[httpx2.Response]:
        transport = httpx2.ASGITransport(app=app(engines=(engine,)))
        async with httpx2.AsyncClient(transport=transport, base_url="http://server", headers=VERSION) as client:
            return list(await asyncio.gather(*[client.post(MESSAGES, json=asking()) for _ in range(2)]))

    served, overloaded = asyncio.run(both())
    assert message(served)
    assert (overloaded.status_code, refusal(overloaded)["type"]) == (529, "overloaded_error")
    assert overloaded.headers["retry-after"]


def test_it_can_be_switched_off() -> None:
    response = send(app(anthropic_compatibility={"enabled": False}), asking())
    assert (response.status_code, set(response.json())) == (404, {"error"})


def test_an_image_that_is_none_is_refused() -> None:
    source = {"type": "base64", "media_type": "image/png", "data": b64encode(PNG[:9]).decode()}
    response = send(app(), asking([{"type": "image", "source": source}]))
    assert refusal(response)["type"] == "invalid_request_error"


@pytest.mark.parametrize("content", [[PICTURE], [result("x", [PICTURE])]])
def test_no_engine_is_sent_into_its_own_network(content: list[Json]) -> None:
    upstream = Listening(as_json({}))
    calling = {"role": "assistant", "content": [{"type": "tool_use", "id": "x", "name": "f", "input": {}}]}
    before = [{"role": "user", "content": "Hi"}, *([calling] if content != [PICTURE] else [])]
    asked = asking(messages=[*before, {"role": "user", "content": content}])
    assert refusal(through(upstream, asked, MESSAGES, VERSION))["type"] == "invalid_request_error"
    assert upstream.body == b""
