"""Cassettes: vcrpy plays them, we read them back, and no secret is in them."""

import asyncio
import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

import brotli
import httpx2
import openai
import pytest
import vcr
from hypothesis import given, settings
from hypothesis import strategies as st

from cozecheck import cassettes, recordings
from cozecheck.errors import NoVerdictError, UsageError
from cozecheck.exchange import Exchange, Failure, FailureKind, Read
from cozecheck.recordings import Recording
from cozecheck.scrubbing import Scrubber, leaks
from tests.examples import BASE, exchange
from tests.scrubbing.test_scrubbing import KEY, events, packs, written

ANSWER: dict[str, Any] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4o-mini",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hé\u2028 😀"}}],
}
CHUNKS = [
    {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0, "delta": each}]}
    for each in ({"role": "assistant", "content": ""}, {"content": "hé"}, {"content": "llo\n"})
]
STREAM = "".join(f"data: {json.dumps(each, ensure_ascii=False)}\n\n" for each in CHUNKS) + "data: [DONE]\n\n"


def write(path: Path, *kept: Recording | Exchange) -> Path:
    made = [each if isinstance(each, Recording) else Recording(each, "jsonl") for each in kept]
    assert cassettes.write(path, made, Scrubber()) == len(made)
    return path


def client() -> openai.OpenAI:
    return openai.OpenAI(api_key="x", base_url=BASE, max_retries=0)


def test_vcrpy_plays_a_chat_and_a_stream_to_the_sdk(tmp_path: Path) -> None:
    path = write(tmp_path / "c.yaml", exchange({}, ANSWER), exchange({}, STREAM))
    with vcr.use_cassette(str(path), record_mode=vcr.mode.NONE):
        whole = client().chat.completions.create(model="m", messages=[])
        stream = client().chat.completions.create(model="m", messages=[], stream=True)
        pieces = [chunk.choices[0].delta.content or "" for chunk in stream]
    assert whole.choices[0].message.content == "hé\u2028 😀"
    assert "".join(pieces) == "héllo\n"


def test_vcrpy_plays_to_the_asynchronous_sdk(tmp_path: Path) -> None:
    path = write(tmp_path / "c.yaml", exchange({}, ANSWER))

    async def ask() -> str | None:
        async with openai.AsyncOpenAI(api_key="x", base_url=BASE, max_retries=0) as client:
            return (await client.chat.completions.create(model="m", messages=[])).choices[0].message.content

    with vcr.use_cassette(str(path), record_mode=vcr.mode.NONE):
        assert asyncio.run(ask()) == "hé\u2028 😀"


def test_vcrpy_plays_bytes_and_uploads(tmp_path: Path) -> None:
    sound = bytes(range(256))
    path = write(
        tmp_path / "c.yaml",
        exchange({}, sound, path="/audio/speech", headers={"content-type": "audio/mpeg"}),
        exchange(b"--x\r\n\r\n\xff\r\n--x--\r\n", {"text": "hi"}, path="/audio/transcriptions"),
    )
    with vcr.use_cassette(str(path), record_mode=vcr.mode.NONE):
        spoken = client().audio.speech.create(model="m", voice="alloy", input="hi").read()
        heard = client().audio.transcriptions.create(model="m", file=("a.wav", sound))
    assert (spoken, heard.text) == (sound, "hi")


def test_what_is_written_is_read_back_whole(tmp_path: Path) -> None:
    cut = Exchange(
        exchange({"a": "é"}).request,
        exchange(answered=STREAM[:50], reads=(Read(0.5, 20), Read(0.75, 30))).response,
        failure=Failure(FailureKind.CUT, "it ended", 1.5),
    )
    kept = Recording(cut, "proxy", at=1795392000.5, provenance="recorded from a friend", notes={"take": 2})
    (read,) = recordings.read(write(tmp_path / "c.yaml", kept))
    assert (read.at, read.provenance, read.notes) == (kept.at, kept.provenance, kept.notes)
    assert (read.exchange.failure, read.exchange.request.body) == (cut.failure, cut.request.body)
    assert read.exchange.response is not None
    assert cut.response is not None
    assert (read.exchange.response.body, read.exchange.response.reads) == (cut.response.body, cut.response.reads)


def test_no_response_and_a_cut_request_are_read_back_as_such(tmp_path: Path) -> None:
    failure = Failure(FailureKind.CONNECT, "refused")
    lost = Exchange(exchange().request.__class__("POST", BASE, is_whole=False), failure=failure)
    (read,) = recordings.read(write(tmp_path / "c.yaml", lost))
    assert (read.exchange.response, read.exchange.failure, read.exchange.request.is_whole) == (None, failure, False)


def test_the_same_is_written_the_same(tmp_path: Path) -> None:
    one, other = (write(tmp_path / name, exchange({}, ANSWER)).read_bytes() for name in ("a", "b"))
    assert one == other


@pytest.mark.parametrize("key", [KEY, "0123456789", "x" * 21, "Token-3.Zz"])
def test_a_cassette_is_written_again_as_it_is(key: str, tmp_path: Path) -> None:
    said = exchange({}, {"error": {"message": f"wrong key {key}"}}, status=401, sent={"authorization": f"Bearer {key}"})
    first = write(
        tmp_path / "a", Recording(said, "jsonl", at=1.0), Recording(exchange({}, {"key": KEY}), "jsonl", at=2.0)
    )
    assert write(tmp_path / "b", *recordings.read(first)).read_bytes() == first.read_bytes()


def test_streams_are_written_line_by_line(tmp_path: Path) -> None:
    text = write(tmp_path / "c.yaml", exchange({}, STREAM)).read_text("utf-8")
    assert '        data: {"id": "c"' in text
    assert "héllo" not in text
    assert "hé" in text


@pytest.mark.parametrize("pack", packs("x"))
def test_a_planted_key_never_reaches_the_disk(pack: str, tmp_path: Path) -> None:
    body = packs(KEY)[pack]
    planted = exchange(body, body, path=f"/files?api-key={KEY}", sent={"x-api-key": KEY}, headers={"set-cookie": KEY})
    text = write(tmp_path / "c.yaml", planted).read_bytes()
    assert KEY.encode() not in text
    assert [what for each in recordings.read(tmp_path / "c.yaml") for what in leaks(each.exchange.request.body)] == []


def test_a_leak_is_an_error_and_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Scrubber, "scrub", lambda self, exchange: exchange)
    with pytest.raises(NoVerdictError, match=r"not written, for a secret would still be in it \(key") as caught:
        cassettes.write(tmp_path / "c.yaml", [Recording(exchange({"a": KEY}, {}), "jsonl")], Scrubber())
    assert KEY not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_where_nothing_can_be_written_is_said_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written: "):
        cassettes.write(tmp_path / "file" / "c.yaml", [Recording(exchange(), "jsonl")], Scrubber())


def test_httpx2_is_served_too(tmp_path: Path) -> None:
    path = write(tmp_path / "c.yaml", exchange({}, {"a": 1}, path="/other"))
    with vcr.use_cassette(str(path), record_mode=vcr.mode.NONE):
        assert httpx2.post(BASE + "/other").json() == {"a": 1}


def test_what_yaml_cannot_hold_is_no_crash(tmp_path: Path) -> None:
    odd = exchange({}, '{"a": "\x00\x07\x85\ufeff\U0001f600"}', path="/x?\ud800", headers={"x-odd": "\udcff\x01"})
    (read,) = recordings.read(write(tmp_path / "c.yaml", Recording(odd, "jsonl", provenance="\ud83d")))
    assert read.exchange.response is not None
    assert odd.response is not None
    assert read.exchange.response.body == odd.response.body


def test_vcrpy_passes_over_what_is_ours_and_knows_gzip_unpacked(tmp_path: Path) -> None:
    packed = exchange({}, gzip.compress(json.dumps(ANSWER).encode()), headers={"content-encoding": "gzip"})
    kept = Recording(packed, "proxy", at=1795392000.5, provenance="a friend", notes={"sdk": "x"})
    path = write(tmp_path / "c.yaml", kept)
    assert "cozecheck:" in path.read_text("utf-8")
    with vcr.use_cassette(str(path), record_mode=vcr.mode.NONE):
        whole = client().chat.completions.create(model="m", messages=[])
    assert whole.choices[0].message.content == "hé\u2028 😀"


PLACES: dict[str, Callable[[str], Exchange]] = {
    "a header": lambda value: exchange({}, {}, sent={"x-note": value.encode().decode("latin-1")}),
    "a URL": lambda value: exchange({}, {}, path="/x?q=" + quote(value, safe="")),
    "a body": lambda value: exchange({"a": f"so {value}."}, {"b": [value]}),
    "base64": lambda value: exchange({"a": base64.b64encode(value.encode()).decode()}, {}),
    "gzip in base64": lambda value: exchange({}, {"a": base64.b64encode(gzip.compress(value.encode() * 9)).decode()}),
    "brotli": lambda value: exchange({}, brotli.compress(value.encode()), headers={"content-encoding": "br"}),
    "a form": lambda value: exchange(
        b'--xx\r\nContent-Disposition: form-data; name="f"; filename="'
        + value.encode()
        + b'"\r\n\r\n\xff\r\n--xx--\r\n'
    ),
    "pieces": lambda value: exchange({"stream": True}, events(*value)),
}


@pytest.mark.parametrize("place", PLACES)
@given(secret=st.from_regex(r"[A-Za-z0-9!$é/+ -]{2,8}[A-Z]{3}[a-z0-9]{3,10}", fullmatch=True))
@settings(max_examples=25, deadline=None)
def test_a_secret_planted_anywhere_never_reaches_the_disk(place: str, secret: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "c.yaml"
        cassettes.write(path, [Recording(PLACES[place](secret), "jsonl")], Scrubber([secret]))
        content = path.read_bytes()
        assert list(leaks(content, [secret])) == []
        (read,) = recordings.read(path)
        assert secret.strip().encode() not in written(read.exchange)
