"""What other recorders write is read, and known by what is in it."""

import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest
import yaml
import zstandard

from cozecheck import recordings
from cozecheck.errors import UsageError
from cozecheck.recordings import Recording

URL = "https://api.openai.com/v1/chat/completions"
ASKED = '{"model": "gpt-4o-mini", "messages": []}'
ANSWERED = '{"object": "chat.completion", "é": 1}'
SSE = {"Content-Type": ["text/event-stream"]}


def read(folder: Path, content: bytes | str, name: str = "it") -> list[Recording]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(recordings.read(path))


def interaction(request: dict[str, Any] | None = None, response: dict[str, Any] | None = None) -> dict[str, Any]:
    asked = {"method": "POST", "uri": URL, "body": ASKED, "headers": {"A": ["1"]}}
    answered = {"status": {"code": 200, "message": "OK"}, "headers": {"B": ["2"]}, "body": {"string": ANSWERED}}
    return {"request": asked | (request or {}), "response": answered | (response or {})}


def cassette(*interactions: dict[str, Any]) -> str:
    return str(yaml.safe_dump({"interactions": list(interactions), "version": 1}))


def old() -> str:
    one = interaction({}, {"content": ANSWERED, "status_code": 200})
    del one["response"]["body"], one["response"]["status"]
    return cassette(one)


def ruby() -> str:
    one = interaction({"body": {"encoding": "UTF-8", "string": ASKED}})
    one["recorded_at"] = "Sun, 26 Nov 2023 11:45:46 GMT"
    return str(yaml.safe_dump({"http_interactions": [one], "recorded_with": "VCR 6.1.0"}))


def go() -> str:
    asked = {"body": ASKED, "form": {}, "headers": {"A": ["1"]}, "url": URL, "method": "POST", "proto": "HTTP/1.1"}
    answered = {"body": ANSWERED, "headers": {"B": ["2"]}, "status": "200 OK", "code": 200, "duration": "1.2s"}
    return str(yaml.safe_dump({"version": 2, "interactions": [{"id": 0, "request": asked, "response": answered}]}))


def old_go() -> str:
    asked = {"body": ASKED, "form": {}, "headers": {"A": ["1"]}, "url": URL, "method": "POST"}
    answered = {"body": ANSWERED, "headers": {"B": ["2"]}, "status": "200 OK", "code": 200}
    return str(yaml.safe_dump({"version": 1, "interactions": [{"request": asked, "response": answered}]}))


def langchain() -> str:
    one = interaction({"body": ASKED.encode()}, {"body": {"string": ANSWERED.encode()}})
    return str(yaml.safe_dump({"requests": [one["request"]], "responses": [one["response"]]}))


def parsed_body() -> str:
    one = interaction()
    del one["request"]["body"], one["response"]["body"]
    one["request"]["parsed_body"], one["response"]["parsed_body"] = json.loads(ASKED), json.loads(ANSWERED)
    return cassette(one)


def har(creator: str = "Firefox", content: dict[str, Any] | None = None) -> str:
    entry = {
        "startedDateTime": "2026-01-30T23:46:12.662Z",
        "request": {
            "method": "POST",
            "url": URL,
            "headers": [{"name": ":path", "value": "/"}, {"name": "A", "value": "1"}],
            "postData": {"mimeType": "application/json", "text": ASKED},
        },
        "response": {
            "status": 200,
            "headers": [{"name": "B", "value": "2"}],
            "content": content or {"mimeType": "application/json", "text": ANSWERED},
        },
    }
    return json.dumps({"log": {"version": "1.2", "creator": {"name": creator}, "entries": [entry]}}, indent=1)


def nock(response: Any = None, raw_headers: Any = None) -> str:
    scope = {"scope": "https://api.openai.com:443", "method": "POST", "path": "/v1/chat/completions", "status": 200}
    scope |= {"body": json.loads(ASKED), "response": response or json.loads(ANSWERED)}
    return json.dumps([scope | {"rawHeaders": raw_headers or ["B", "2"], "reqheaders": {"A": "1"}}])


def httprr(times: int = 1, wrong: int = 0) -> str:
    asked = f"POST {URL} HTTP/1.1\r\nHost: api.openai.com\r\nA: 1\r\n\r\n{ASKED}"
    answered = f"HTTP/2.0 200 OK\r\nB: 2\r\nDate: Wed, 20 Aug 2025 11:57:57 GMT\r\n\r\n{ANSWERED}"
    one = f"{len(asked.encode()) + wrong} {len(answered.encode())}\n{asked}{answered}"
    return "httprr trace v1\n" + one * times


FORMATS: dict[str, Callable[[], str]] = {
    "vcrpy": lambda: cassette(interaction()),
    "vcrpy in JSON": lambda: json.dumps({"version": 1, "interactions": [interaction()]}),
    "old vcrpy": old,
    "Pydantic AI": parsed_body,
    "VCR for Ruby": ruby,
    "go-vcr": go,
    "old go-vcr": old_go,
    "LangChain": langchain,
    "Polly": lambda: har("Polly.JS"),
    "a browser": har,
    "nock": nock,
    "httprr": httprr,
    "a scrubbed httprr": lambda: httprr(wrong=7),
}
CALLED = (
    "vcrpy",
    "vcrpy",
    "vcrpy",
    "vcrpy",
    "vcr-ruby",
    "go-vcr",
    "go-vcr",
    "langchain",
    "polly",
    "har",
    "nock",
    "httprr",
    "httprr",
)


@pytest.mark.parametrize(("kind", "called"), list(zip(FORMATS, CALLED, strict=True)))
@pytest.mark.parametrize("pack", [str.encode, lambda text: gzip.compress(text.encode())], ids=["plain", "gzip"])
def test_every_format_is_read(kind: str, called: str, pack: Any, tmp_path: Path) -> None:
    (recording,) = read(tmp_path, pack(FORMATS[kind]()))
    request, response = recording.exchange.request, recording.exchange.response
    assert (recording.format, recording.exchange.id) == (called, "it:1")
    assert (request.method, request.path, request.json) == ("POST", "/v1/chat/completions", json.loads(ASKED))
    assert request.headers.get("a") == "1"
    assert response is not None
    assert (response.status, response.json, response.headers.get("b")) == (200, json.loads(ANSWERED), "2")


@pytest.mark.parametrize(("kind", "at"), [("VCR for Ruby", 1700999146.0), ("a browser", 1769816772.662)])
def test_when_it_was_is_known(kind: str, at: float, tmp_path: Path) -> None:
    (recording,) = read(tmp_path, FORMATS[kind]())
    assert recording.at == at


def test_without_a_time_the_date_of_the_answer_is_taken(tmp_path: Path) -> None:
    (recording,) = read(tmp_path, httprr())
    assert recording.at == 1755691077.0


@pytest.mark.parametrize("wrong", [0, 9])
def test_httprr_holds_many_even_where_a_scrubber_made_its_sizes_wrong(wrong: int, tmp_path: Path) -> None:
    assert [each.exchange.id for each in read(tmp_path, httprr(3, wrong))] == ["it:1", "it:2", "it:3"]


def test_names_that_python_called_for_are_names(tmp_path: Path) -> None:
    text = cassette(interaction()).replace(
        "B:", "? !!python/object/apply:multidict._multidict.istr\n      - B\n      :"
    )
    assert "python/object" in text
    (recording,) = read(tmp_path, text)
    assert recording.exchange.response is not None
    assert recording.exchange.response.headers.lines == (("B", "2"),)


def test_no_tag_runs_code(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    call = f"!!python/object/apply:os.system ['touch {ran}']"
    with pytest.raises(UsageError):
        read(tmp_path, f"interactions: {call}\n")
    assert not ran.exists()


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstandard.compress)]
)
def test_compressed_bodies_are_undone_and_plain_ones_taken_as_they_are(
    encoding: str, pack: Any, tmp_path: Path
) -> None:
    said = {"headers": {"Content-Encoding": [encoding]}}
    packed = interaction({}, said | {"body": {"string": pack(ANSWERED.encode())}})
    both = read(tmp_path, cassette(packed, interaction({}, said)))
    assert [each.exchange.response and each.exchange.response.content for each in both] == [ANSWERED.encode()] * 2


@pytest.mark.parametrize("pieces", [1, 3])
def test_polly_and_nock_keep_compressed_bodies_in_pieces(pieces: int, tmp_path: Path) -> None:
    packed = gzip.compress(ANSWERED.encode())
    size = len(packed) // pieces + 1
    cut = [packed[at : at + size] for at in range(0, len(packed), size)]
    text = json.dumps([base64.b64encode(each).decode() for each in cut])
    for content in (
        har("Polly.JS", {"encoding": "base64", "text": text}),
        nock([each.hex() for each in cut], {"content-encoding": "gzip"}),
    ):
        (recording,) = read(
            tmp_path, content.replace('"name": "B"', '"name": "content-encoding"').replace('"2"', '"gzip"')
        )
        assert recording.exchange.response is not None
        assert recording.exchange.response.content == ANSWERED.encode()


def test_a_stream_without_a_body_is_the_recorders_doing(tmp_path: Path) -> None:
    (recording,) = read(tmp_path, cassette(interaction({}, {"headers": SSE, "body": {"string": ""}})))
    assert recording.flaws == ("stream without a body",)
    assert recording.exchange.left


@pytest.mark.parametrize("said", ["<REDACTED>", '{"object": "chat.comp...<12 more bytes>'])
@pytest.mark.parametrize("write", [lambda said: cassette(interaction({}, {"body": {"string": said}})), nock])
def test_an_answer_that_a_recorder_cut_is_its_doing(said: str, write: Any, tmp_path: Path) -> None:
    (recording,) = read(tmp_path, write(said))
    assert recording.flaws == ("body cut or blacked out",)
    assert recording.exchange.left
    assert recording.exchange.response is not None
    assert recording.exchange.response.body == b""


def test_a_body_that_a_browser_dropped_is_its_doing(tmp_path: Path) -> None:
    (recording,) = read(tmp_path, har(content={"mimeType": "application/json", "size": 512}))
    assert (recording.flaws, recording.exchange.left) == (("body not kept",), True)


def test_nock_keeps_a_list_of_texts_as_the_json_that_it_is(tmp_path: Path) -> None:
    (recording,) = read(tmp_path, nock(["gpt", "four"]))
    assert recording.exchange.response is not None
    assert recording.exchange.response.json == ["gpt", "four"]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_byte_order_mark_is_no_matter(kind: str, tmp_path: Path) -> None:
    assert len(read(tmp_path, b"\xef\xbb\xbf" + FORMATS[kind]().encode())) == 1


def test_what_our_own_cassettes_add_comes_back(tmp_path: Path) -> None:
    own = {"reads": [[0.1, 5]], "failure": {"kind": "cut", "detail": "it ended", "seconds": 2}, "left": True}
    one = interaction() | {
        "cozecheck": own | {"provenance": "authored", "notes": {"take": 2}},
        "recorded_at": "2026-11-23T00:00:00Z",
    }
    (recording,) = read(tmp_path, cassette(one))
    exchange = recording.exchange
    assert (recording.provenance, recording.notes, recording.at) == ("authored", {"take": 2}, 1795392000.0)
    assert exchange.failure is not None
    assert (exchange.failure.kind, exchange.failure.detail, exchange.failure.seconds) == ("cut", "it ended", 2.0)
    assert exchange.response is not None
    assert ([(each.at, each.size) for each in exchange.response.reads], exchange.left) == ([(0.1, 5)], True)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("hello: world", "no recording of a kind that is known"),
        ("{}", "no recording of a kind that is known"),
        ("interactions: 3", "interactions: a list is expected"),
        ("interactions: [3]", "interaction 1: an object is expected"),
        ("interactions: [{request: {method: GET, uri: x}}]", "interaction 1: response: an object is expected"),
        ("requests: []\nresponses: [1]", "0 requests, and 1 responses"),
        ("a: [b", "not YAML"),
        ("a: 1\n---\na: 2", "several YAML documents"),
        ("- " * 10_000, "nested more than 100 deep"),
        ("[" * 10_000, "not JSON"),
        ('{"log": {"entries": [1]}}', "entry 1: an object is expected"),
        ("httprr trace v1\nxx", "two sizes are expected"),
        ("httprr trace v1\n3 4\nabcdefg", "a request and its response are expected"),
        (b"\x1f\x8b\x08broken", "cannot be read"),
        ("\x00\x01", "not YAML"),
    ],
)
def test_what_is_no_recording_is_said_in_a_line(content: str | bytes, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=complaint) as caught:
        read(tmp_path, content)
    assert str(tmp_path / "it") in str(caught.value)


def test_aliases_cannot_make_a_document_grow(tmp_path: Path) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
        for before, name in zip("abcdefghij", "bcdefghijk", strict=True)
    ]
    with pytest.raises(UsageError, match="more than 5,000,000 values"):
        read(tmp_path, "\n".join(lines))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_folder_is_all_its_recordings_sorted(kind: str, tmp_path: Path) -> None:
    for name in ("b.yaml", "a/c.har", "a/d.jsonl.gz", "notes.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(gzip.compress(FORMATS[kind]().encode()))
    (tmp_path / "package.json").write_text('{"name": "app", "scripts": {}}')
    (tmp_path / "compose.yml").write_text("services: {}")
    found = recordings.files([tmp_path])
    assert [str(each.relative_to(tmp_path)) for each in found] == ["a/c.har", "a/d.jsonl.gz", "b.yaml"]


def test_aliases_cannot_make_texts_grow(tmp_path: Path) -> None:
    one = f"{{request: {{method: GET, uri: 'http://h/'}}, response: {{code: 200, body: {'x' * 1_000_000}}}}}"
    with pytest.raises(UsageError, match="or as much text"):
        read(tmp_path, f"interactions:\n- &one {one}\n" + "- *one\n" * 600)


@pytest.mark.parametrize("before", ['{"log": {"entries": [', '{"request": ['])
def test_json_cannot_unpack_to_more_than_is_bearable(before: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="more than 5,000,000 values"):
        read(tmp_path, gzip.compress(before.encode() + b"[]," * 2_600_000, 1))


def test_a_text_may_hold_any_number_of_commas(tmp_path: Path) -> None:
    (recording,) = read(tmp_path, har(content={"text": '",\\",' * 1_300_000}), "it")
    assert recording.exchange.response is not None
    assert len(recording.exchange.response.body) == 6_500_000


def test_a_folder_without_any_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no recording in this folder"):
        list(recordings.files([tmp_path]))
