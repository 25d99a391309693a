"""Where requests go on to: addresses, paths, TLS."""

import asyncio
import ssl
from pathlib import Path

import pytest

from cozecheck.errors import UsageError
from cozecheck.proxy import Upstream, serve
from tests.certificates import certificate
from tests.probe.hostile import answer, asked, saying
from tests.proxy.proxies import Kept, before, kept_by

GET = b"GET /v1/models?a=b HTTP/1.1\r\nHost: app\r\n\r\n"


@pytest.mark.parametrize(
    ("url", "authority", "target", "base"),
    [
        ("https://api.openai.com/v1", "api.openai.com", "/v1/models?a=b", "/v1"),
        ("https://api.openai.com/v1/", "api.openai.com", "/v1/models?a=b", "/v1"),
        ("http://h:8080/deep/v1", "h:8080", "/deep/v1/models?a=b", "/v1"),
        ("http://h:80/openai", "h", "/openai/v1/models?a=b", ""),
        ("https://[::1]:8443", "[::1]:8443", "/v1/models?a=b", ""),
    ],
)
def test_a_base_url_is_put_in_the_place_of_ours(url: str, authority: str, target: str, base: str) -> None:
    upstream = Upstream.at(url)
    assert upstream.rewrite(GET) == f"GET {target} HTTP/1.1\r\nHost: {authority}\r\n\r\n".encode()
    assert (upstream.authority, upstream.base) == (authority, base)


@pytest.mark.parametrize(
    "url", ["", "h:80", "ftp://h", "http://", "http://h/v1?x=1", "http://u@h/", "http://h:x/", "http://h/ v1"]
)
def test_what_is_no_base_url_is_told(url: str) -> None:
    with pytest.raises(UsageError):
        Upstream.at(url)


@pytest.mark.parametrize("trusted", [True, False])
def test_upstream_may_speak_tls_if_it_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, trusted: bool
) -> None:
    made = certificate(tmp_path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(made.file))

    async def run() -> bytes:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.file, made.key)
        server = await asyncio.start_server(saying(answer(b"{}")), "127.0.0.1", 0, ssl=context)
        upstream = Upstream.at(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
        kept = Kept()
        async with server, serve(upstream, kept.recordings.put) as kept.base_url:
            reader, writer = await asyncio.open_connection("127.0.0.1", kept.port)
            writer.write(GET)
            head = await reader.readuntil(b"}")
            writer.close()
        return head

    head = asyncio.run(run())
    assert (b" 200 " in head, b"certificate verify failed" in head) == (trusted, not trusted)


def test_an_app_that_waits_for_its_upload_to_be_taken_is_held_up() -> None:
    async def run() -> None:
        go_on = asyncio.Event()

        async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await go_on.wait()
            await asked(reader)
            writer.write(answer(b"{}"))

        async with before(slow) as (reader, writer, kept):
            size = 64 * 1024 * 1024
            writer.write(b"POST /v1/files HTTP/1.1\r\nHost: a\r\ncontent-length: %d\r\n\r\n" % size)
            sent = 0

            async def upload() -> None:
                nonlocal sent
                for _ in range(size // 65536):
                    writer.write(bytes(65536))
                    await writer.drain()
                    sent += 65536

            task = asyncio.create_task(upload())
            seen = -1
            while seen < sent:
                seen = sent
                await asyncio.sleep(0.3)
            assert sent < size
            go_on.set()
            await task
            await reader.readuntil(b"{}")
            assert not (await kept_by(kept)).exchange.request.is_whole

    asyncio.run(asyncio.wait_for(run(), 60))
