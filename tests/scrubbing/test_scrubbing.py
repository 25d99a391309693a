"""What nobody may read is masked, wherever it stands; what is nobody's secret stays."""

import base64
import gzip
import json
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from cozecheck.exchange import Exchange, Read
from cozecheck.scrubbing import Scrubber
from tests.examples import exchange

KEY = "sk-proj-Planted0123456789abcdefXYZ"
MASK = "sk-masked" + "*" * (len(KEY) - 9)
SECRETS = {
    "key": KEY,
    "old key": "sk-" + "a1" * 24,
    "organisation": "org-AbCdEfGhIjKlMnOpQrStUvWx",
    "project": "proj_AbCdEfGhIjKlMnOpQrStUvWx",
    "address": "ada.lovelace+test@analytical-engine.co.uk",
    "JWT": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLW9mLWl0",
    "Google's": "AIzaSyD-0123456789abcdefghijklmnopqrs",
    "GitHub's": "ghp_0123456789abcdefghijABCDEFGHIJ012345",
}


def packs(value: str) -> dict[str, bytes]:
    """The ways a text can be packed into a JSON string."""
    raw = json.dumps({"note": f"it is {value}, you see"}).encode()
    return {
        "plain": raw,
        "base64": json.dumps({"file": base64.b64encode(raw).decode()}).encode(),
        "URL-safe base64": json.dumps({"file": base64.urlsafe_b64encode(raw).decode().rstrip("=")}).encode(),
        "data URL": json.dumps({"url": "data:text/plain;base64," + base64.b64encode(raw).decode()}).encode(),
        "gzip in base64": json.dumps({"file": base64.b64encode(gzip.compress(raw)).decode()}).encode(),
        "zlib in base64": json.dumps({"file": base64.b64encode(zlib.compress(raw)).decode()}).encode(),
        "base64 in gzip in base64": json.dumps(
            {"file": base64.b64encode(gzip.compress(base64.b64encode(raw))).decode()}
        ).encode(),
    }


def readable(data: bytes, depth: int = 0) -> bytes:
    """Everything that can be read in some bytes, unpacked with means of its own."""
    seen = data
    for word in data.replace(b'"', b" ").replace(b",", b" ").split():
        for unpack in (base64.b64decode, base64.urlsafe_b64decode, gzip.decompress, zlib.decompress):
            try:
                inner = unpack(
                    word + b"=" * (-len(word) % 4) if unpack in (base64.b64decode, base64.urlsafe_b64decode) else word
                )
            except (ValueError, OSError, zlib.error, EOFError):
                continue
            if inner and depth < 4:
                for piece in (inner, _unzipped(inner)):
                    seen += readable(piece, depth + 1) if piece else b""
    return seen


def _unzipped(data: bytes) -> bytes:
    for unzip in (gzip.decompress, zlib.decompress):
        try:
            return unzip(data)
        except (OSError, zlib.error, EOFError):
            continue
    return b""


def written(it: Exchange) -> bytes:
    """All of an exchange."""
    response = it.response
    assert response is not None
    said = f"{it.request.url} {it.request.headers.lines} {response.headers.lines} ".encode()
    return readable(said + it.request.body + b" " + response.content + b" " + response.body)


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize("pack", packs("x"))
def test_what_looks_like_a_secret_is_masked_in_bodies(kind: str, pack: str) -> None:
    body = packs(SECRETS[kind])[pack]
    before = exchange(body, body)
    assert SECRETS[kind].encode() in written(before)
    assert SECRETS[kind].encode() not in written(Scrubber().scrub(before))


@pytest.mark.parametrize("pack", packs("x"))
def test_what_is_known_is_masked_whatever_it_looks_like(pack: str) -> None:
    body = packs('Project "Bluebird" / é')[pack]
    before = exchange(body, body)
    after = Scrubber(['Project "Bluebird" / é']).scrub(before)
    assert b"Bluebird" in written(before)
    assert b"Bluebird" not in written(after)


@pytest.mark.parametrize(
    "name", ["authorization", "api-key", "X-Api-Key", "cookie", "openai-organization", "OpenAI-Project"]
)
def test_headers_that_let_in_or_name_an_account_are_masked(name: str) -> None:
    after = Scrubber().scrub(
        exchange(sent={name: "Bearer hidden-it-is"}, headers={"set-cookie": "__cf_bm=hidden-it-is"})
    )
    assert b"hidden-it-is" not in written(after)
    assert after.request.headers.get(name.lower()) == "Bearer masked******"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-ratelimit-limit-tokens", "150000000"),
        ("x-request-id", "req_394b055696dfcdc221b5ecd0fba49e97"),
        ("www-authenticate", 'Bearer realm="OpenAI API"'),
    ],
)
def test_headers_that_are_no_secret_stay(name: str, value: str) -> None:
    after = Scrubber().scrub(exchange(headers={name: value}))
    assert after.response is not None
    assert after.response.headers.get(name) == value


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("https://me:pass@h/v1/models", "https://*******@h/v1/models"),
        ("https://h/v1/models?api-key=abc123&limit=2", "https://h/v1/models?api-key=******&limit=2"),
        ("https://h/b?se=2026&sig=AbC%3D", "https://h/b?se=2026&sig=******"),
        (f"https://h/{KEY}/x", f"https://h/{MASK}/x"),
    ],
)
def test_urls_are_masked(url: str, masked: str) -> None:
    assert Scrubber().scrub(exchange(path=url)).request.url == masked


def test_signatures_in_the_urls_of_a_body_are_masked() -> None:
    after = Scrubber().scrub(exchange(answered={"data": [{"url": "https://b/x.png?se=1&sig=Ab%2Bc&sp=r"}]}))
    assert after.response is not None
    assert after.response.json == {"data": [{"url": "https://b/x.png?se=1&sig=******&sp=r"}]}


def test_secrets_by_their_name_are_masked() -> None:
    asked = {"tools": [{"parameters": {"password": {"type": "string"}}}], "client_secret": "hush-hush", "max_tokens": 3}
    body = Scrubber().scrub(exchange(asked)).request.json
    assert body == {**asked, "client_secret": "*********"}


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", brotli.compress), ("zstd", zstandard.compress)],
)
def test_compressed_bodies_are_unpacked_and_masked(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    body = json.dumps({"a": KEY}).encode()
    sent = {"content-encoding": encoding}
    after = Scrubber().scrub(exchange(pack(body), pack(body), sent=sent, headers={**sent, "content-length": "9"}))
    assert after.response is not None
    assert after.request.body == after.response.body == body.replace(KEY.encode(), MASK.encode())
    assert after.response.headers.get("content-encoding") is after.response.headers.get("content-length") is None


def test_the_parts_of_a_form_are_masked_and_its_bytes_left_alone() -> None:
    sound = bytes(range(256)) * 4
    form = (
        b'--xx\r\nContent-Disposition: form-data; name="file"; filename="ada@engine.org.wav"\r\n\r\n' + sound + b"\r\n"
        b'--xx\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nask ada@engine.org, '
        + KEY.encode()
        + b"\r\n--xx--\r\n"
    )
    body = Scrubber().scrub(exchange(form, sent={"content-type": "multipart/form-data; boundary=xx"})).request.body
    assert sound in body
    assert len(body) == len(form)
    assert (b"ada@engine.org" in body, KEY.encode() in body) == (False, False)


def events(*pieces: str) -> bytes:
    chunks = [{"choices": [{"index": 0, "delta": {"content": each}}]} for each in pieces]
    return b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in chunks) + b"data: [DONE]\n\n"


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_a_secret_told_in_pieces_is_masked_in_each(size: int) -> None:
    said = f"The key is {KEY}, keep it."
    pieces = [said[at : at + size] for at in range(0, len(said), size)]
    after = Scrubber().scrub(exchange({"stream": True}, events(*pieces)))
    assert after.response is not None
    told = "".join(each.value["choices"][0]["delta"]["content"] for each in after.response.payloads[:-1])
    assert told == f"The key is {MASK}, keep it."


def test_masks_leave_a_stream_as_long_as_it_was() -> None:
    body = events("a", KEY, "b")
    after = Scrubber().scrub(exchange({"stream": True}, body, reads=(Read(0.1, 50), Read(0.2, len(body) - 50))))
    assert after.response is not None
    assert (len(after.response.body), after.response.reads) == (len(body), (Read(0.1, 50), Read(0.2, len(body) - 50)))


def test_reads_of_a_compressed_body_add_up_to_the_plain_one() -> None:
    body = gzip.compress(events("a", "b"))
    packed = exchange({}, body, headers={"content-encoding": "gzip"}, reads=(Read(0.1, 9), Read(0.2, len(body) - 9)))
    after = Scrubber().scrub(packed)
    assert after.response is not None
    assert sum(read.size for read in after.response.reads) == len(after.response.body) == len(events("a", "b"))


def test_a_compressed_body_that_ends_in_the_middle_is_nobodys_fault() -> None:
    after = Scrubber().scrub(exchange({}, gzip.compress(b"{}" * 99)[:-20], headers={"content-encoding": "gzip"}))
    assert after.left


@pytest.mark.parametrize(
    "text",
    [
        "ask-me-anything-about-tasks-and-risk-management",
        "the token is 12 and key=value; sk-ip",
        "user@example.com",
        "pat_on_the_back_with_words",
        "org-chart",
        "Bearer of bad news",
        "0.0123456789, -0.0987654321",
        "sk-cozecheck-wrong-key-0000000000000000",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    scrubber = Scrubber()
    assert scrubber.text(text) == text
    assert not scrubber.masked


def test_what_was_masked_is_counted_by_kind() -> None:
    scrubber = Scrubber(["hello there"])
    scrubber.text(f"hello there, {KEY} or ada@engine.org")
    assert scrubber.masked == {"known value": 1, "key": 1, "e-mail address": 1}


@given(st.text(min_size=4, max_size=30), st.text(max_size=20), st.text(max_size=20))
def test_whatever_is_known_is_not_to_be_read(secret: str, before: str, after: str) -> None:
    scrubber = Scrubber([secret])
    raw = json.dumps({"a": before + secret + after}, ensure_ascii=False).encode("utf-8", "surrogatepass")
    scrubbed = scrubber.raw(raw)
    assert len(scrubbed) == len(raw)
    assert json.dumps(secret, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass") not in scrubbed or set(
        secret
    ) == {"*"}


@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_scrubbed_once_and_for_all(data: bytes) -> None:
    once = Scrubber().raw(data)
    assert Scrubber().raw(once) == once
