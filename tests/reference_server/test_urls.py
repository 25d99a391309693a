"""URLs that clients name: nothing here fetches them, and few are passed on."""

import asyncio
import json
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp

from reference_server.app import create_app
from reference_server.protocol.urls import allowed, host_of, spelled, urls
from reference_server.settings import OpenAIEngine, Settings, SettingsError, SyntheticEngine, parse
from tests.probe import hostile
from tests.reference_server.asking import CHAT, Json, chat, error
from tests.reference_server.upstreams import ANY_MODEL, CHUNK, Listening, as_json

DATA = "data:image/png;base64,AAAA"
PICTURE = "https://pictures.example/a.png"
HOSTS = ("pictures.example", "*.media.example", "files.example:8443", "[2001:db8::1]", "192.0.2.7")
PASSED = [
    DATA,
    "DATA:,x",
    PICTURE,
    "http://PICTURES.example",
    "https://pictures.example./a?b=http://evil.example#c",
    "https://pictures.example:443/",
    "http://pictures.example:80/",
    "https://a.media.example/",
    "https://a.b.media.example/",
    "https://files.example:8443/",
    "https://[2001:db8:0:0::1]/",
    "http://192.0.2.7/",
]
STOPPED = [
    "https://evil.example/",
    "https://pictures.example.evil.example/",
    "https://media.example/",
    "https://xmedia.example/",
    "https://pictures.example:8080/",
    "http://pictures.example:443/",
    "https://files.example/",
    "https://pictures.example@evil.example/",
    "https://evil.example@pictures.example/",
    "https://user:pw@pictures.example/",
    "https://evil.example\\@pictures.example/",
    "https://pictures.example\\.evil.example/",
    "https://pictures.example#@evil.example/",
    "https://pictures.example?@evil.example/",
    " https://pictures.example/",
    "https://pictures.example/\r\nx",
    "https://pictures\t.example/",
    "https://%70ictures.example/",
    "https://pictures。example/",
    "https://ｐictures.example/",
    "https:pictures.example/",
    "https:///pictures.example/",
    "//pictures.example/",
    "ftp://pictures.example/",
    "file:///etc/passwd",
    "file://pictures.example/etc/passwd",
    "http://3221225991/",
    "http://0xc0000207/",
    "http://0xc0.0.0x2.7/",
    "http://0300.0.2.7/",
    "http://192.0.519/",
    "http://192.0.2.007/",
    "http://[::ffff:192.0.2.7]/",
    "http://[2001:db8::1%25eth0]/",
    "http://localhost/",
    "https://pictures..example/",
    "https://",
    "",
    "AAAA",
]


@pytest.mark.parametrize("url", PASSED)
def test_a_listed_host_is_passed_however_it_is_written(url: str) -> None:
    assert allowed(url, HOSTS)


@pytest.mark.parametrize("url", STOPPED)
def test_any_other_is_stopped(url: str) -> None:
    assert not allowed(url, HOSTS)


def test_every_host_is_still_no_file_and_no_trick() -> None:
    assert allowed("http://localhost:6379/", ["*"])
    assert not any(allowed(url, ["*"]) for url in ("file:///etc/passwd", "http://a@b/", "http://0x7f.1/"))


def test_punycode_is_the_only_spelling_beyond_ascii() -> None:
    assert host_of("https://xn--bcher-kva.example/") == "xn--bcher-kva.example"
    assert host_of("https://bücher.example/") is None


@pytest.mark.parametrize("host", ["Pictures.example", "bücher.example", "https://a.example", "a..example", "*.", ""])
def test_a_host_that_none_can_be_is_no_setting(host: str) -> None:
    with pytest.raises(SettingsError, match=r"^a\.yaml:1: url_hosts\[0\]: a host like"):
        parse(json.dumps({"url_hosts": [host]}), "a.yaml")


def image(url: Any) -> Json:
    return {"type": "image_url", "image_url": {"url": url}}


FETCHED: list[tuple[Json, str]] = [
    (chat([image("u")]), "messages[0].content[0].image_url.url"),
    (chat([{"type": "image_url", "image_url": "u"}]), "messages[0].content[0].image_url"),
    (chat([{"type": "video_url", "video_url": {"url": "u"}}]), "messages[0].content[0].video_url.url"),
    (chat([{"type": "image", "source": {"type": "url", "url": "u"}}]), "messages[0].content[0].source.url"),
    ({"input": [{"content": [{"type": "input_image", "image_url": "u"}]}]}, "input[0].content[0].image_url"),
    ({"input": [{"output": [{"type": "input_file", "file_url": "u"}]}]}, "input[0].output[0].file_url"),
    ({"input": [image("u")]}, "input[0].image_url.url"),
    ({"tools": [{"type": "mcp", "server_url": "u"}]}, "tools[0].server_url"),
    ({"url": "u"}, "url"),
]


@pytest.mark.parametrize(("fields", "at"), FETCHED, ids=[at for _, at in FETCHED])
def test_what_an_engine_might_fetch_is_found(fields: Json, at: str) -> None:
    assert [(url, spelled(steps)) for url, steps in urls(fields)] == [("u", at)]


NOT_FETCHED = [
    chat("see http://evil.example"),
    {"messages": [{"annotations": [{"type": "url_citation", "url_citation": {"url": "u"}}]}]},
    {"tools": [{"function": {"parameters": {"properties": {"image_url": {"default": "u"}}, "image_url": "u"}}}]},
    {"metadata": {"image_url": "u", "url": "u"}, "input": [{"action": {"url": "u"}}]},
]


@pytest.mark.parametrize("fields", NOT_FETCHED)
def test_a_url_that_is_only_spoken_of_is_none(fields: Json) -> None:
    assert list(urls(fields)) == []


async def put(server: ASGIApp, path: str, **rest: Any) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=server)
    async with httpx2.AsyncClient(transport=transport, base_url="http://server", timeout=None) as client:
        return await client.post(path, **rest)


def through(path: str = CHAT, hosts: tuple[str, ...] = (), *, fetches: bool = True, **rest: Any) -> tuple[int, bytes]:
    """Put a request to an engine; return the status, and what the engine was asked."""
    upstream = Listening(as_json(CHUNK))

    async def ask() -> int:
        async with hostile.serving(upstream) as base_url:
            engine = OpenAIEngine(name="base", type="openai", base_url=base_url, fetches_urls=fetches)
            server = create_app(Settings(engines=(engine,), routes=ANY_MODEL, url_hosts=hosts, health_check=None))
            response = await put(server, path, **rest)
            await server.close()
        return response.status_code

    return asyncio.run(ask()), upstream.body


def test_an_engine_is_passed_no_url_unless_its_host_is_listed() -> None:
    asked = chat([image(PICTURE)])
    assert through(json=asked) == (400, b"")
    status, passed = through(json=asked, hosts=("pictures.example",))
    assert (status, json.loads(passed)) == (200, asked)
    assert through(json=chat([image(DATA)]))[0] == 200


def test_a_key_spelled_in_escapes_is_the_same_key() -> None:
    asked = json.dumps(chat([image(PICTURE)])).replace("url", "\\u0075\\u0072\\u006c")
    assert "url" not in asked
    assert through(content=asked) == (400, b"")


def test_an_engine_that_fetches_nothing_is_passed_all() -> None:
    assert through(json=chat([image(PICTURE)]), fetches=False)[0] == 200


def test_a_form_names_no_url_either() -> None:
    form: Any = {"data": {"model": "whisper-1", "url": "http://evil.example/a.mp3"}, "files": {"file": b"a"}}
    assert through("/v1/audio/transcriptions", **form) == (400, b"")
    form["data"]["url"] = "https://pictures.example/a.mp3"
    assert through("/v1/audio/transcriptions", ("pictures.example",), **form)[0] == 200


def said(part: Json) -> Json:
    return {"model": "gpt-4o", "input": [{"role": "user", "content": [part]}]}


def test_nothing_here_fetches_a_url() -> None:
    async def ask() -> list[httpx2.Response]:
        server = create_app(Settings(engines=(SyntheticEngine(name="base"),)))
        async with hostile.serving(visited) as address:
            asked: list[tuple[str, Json]] = [
                (CHAT, chat([image(address)])),
                ("/v1/moderations", {"input": [image(address)]}),
                ("/v1/responses", said({"type": "input_image", "image_url": address})),
                ("/v1/responses", said({"type": "input_file", "file_url": address})),
            ]
            return [await put(server, path, json=fields) for path, fields in asked]

    visited = Listening(b"")
    answers = asyncio.run(ask())
    assert [answer.status_code for answer in answers] == [400] * 4
    assert {error(answer)["code"] for answer in answers} == {"invalid_image_url", "unsupported_value"}
    assert visited.head == b""
