"""Exchanges on disk, and what is none."""

import base64
import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cozecheck import recordings
from cozecheck.errors import UsageError
from cozecheck.exchange import Exchange, Read


def entry(request: dict[str, Any] | None = None, response: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    asked = {"method": "post", "url": "https://h/v1/chat/completions", "headers": {"A": ["1", "2"]}, "body": "{}"}
    answered = {"status": 200, "headers": {"B": "3"}, "body": "é"}
    return {"request": asked | (request or {}), "response": answered | (response or {}), **more}


def read(folder: Path, *entries: Any) -> list[Exchange]:
    path = folder / "r.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in entries))
    return [each.exchange for each in recordings.read(path)]


def test_a_line_is_an_exchange(tmp_path: Path) -> None:
    (exchange,) = read(tmp_path, entry(source="somewhere"))
    assert exchange.id == "r.jsonl:1"
    assert (exchange.request.method, exchange.request.body) == ("POST", b"{}")
    assert exchange.request.headers.lines == (("A", "1"), ("A", "2"))
    assert exchange.response is not None
    assert (exchange.response.status, exchange.response.body) == (200, "é".encode())
    assert exchange.response.headers.lines == (("B", "3"),)


def test_blank_lines_are_skipped_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(f"\n{json.dumps(entry())}\n \n{json.dumps(entry())}\n")
    assert [each.exchange.id for each in recordings.read(path)] == ["r.jsonl:2", "r.jsonl:4"]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_long_lines_are_lines_whatever_comes_first(pack: Callable[[bytes], bytes], tmp_path: Path) -> None:
    noise = base64.b64encode(random.Random(1).randbytes(200_000)).decode()
    whole = entry(response={"body": noise})
    line = json.dumps({"response": whole["response"], "request": whole["request"]}).encode()
    path = tmp_path / "r.jsonl"
    path.write_bytes(pack(b"\n" + line + b"\n" + line))
    assert [each.exchange.id for each in recordings.read(path)] == ["r.jsonl:2", "r.jsonl:3"]


def test_a_byte_order_mark_hides_no_line(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(entry()).encode() + b"\n" + json.dumps(entry()).encode())
    assert len(list(recordings.read(path))) == 2


@pytest.mark.parametrize(
    "at", [-1e11, -5, 1e400, 1763866800000, "0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00"]
)
def test_a_time_that_no_clock_shows_is_none(at: Any, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(json.dumps(entry(at=at)))
    assert [each.at for each in recordings.read(path)] == [None]


def test_gzip_is_known_by_its_bytes_not_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(gzip.compress(json.dumps(entry()).encode()))
    assert len(list(recordings.read(path))) == 1


def test_bodies_may_be_base64_or_missing(tmp_path: Path) -> None:
    packed = {"body": base64.b64encode(b"\xff").decode(), "body_kind": "base64"}
    one, other = read(tmp_path, entry(packed, packed), entry({"body": None}, {"body": None}))
    assert one.response is not None
    assert other.response is not None
    assert (one.request.body, one.response.body) == (b"\xff", b"\xff")
    assert (other.request.body, other.response.body) == (b"", b"")


def test_reads_are_seconds_and_bytes(tmp_path: Path) -> None:
    (exchange,) = read(tmp_path, entry(response={"reads": [[0.5, 2], [1, 3]]}))
    assert exchange.response is not None
    assert exchange.response.reads == (Read(0.5, 2), Read(1.0, 3))


def test_what_a_recorder_blacked_out_is_not_there(tmp_path: Path) -> None:
    (exchange,) = read(tmp_path, entry({"url": "<REDACTED>", "headers": {"A": ["**filtered**", "1"]}}))
    assert (exchange.request.url, exchange.request.headers.lines) == ("", (("A", "1"),))


@pytest.mark.parametrize("body", ["REDACTED", '{"a": "bc...<12 more bytes>'])
def test_a_request_that_a_recorder_cut_is_not_whole(body: str, tmp_path: Path) -> None:
    (exchange,) = read(tmp_path, entry({"body": body}))
    assert (exchange.request.is_whole, exchange.request.body) == (False, b"")


WRONG: dict[str, tuple[Any, str]] = {
    "a list": ([], "an object with request and response is expected, this is a list"),
    "no request": ({"response": {}}, "request: an object is expected"),
    "no response": ({"request": entry()["request"]}, "response: an object is expected"),
    "no method": (entry({"method": 1}), "request.method: a string is expected"),
    "no URL": (entry({"url": None}), "request.url: a string is expected"),
    "a broken URL": (entry({"url": "http://[h"}), "request.url: not a URL (Invalid IPv6 URL)"),
    "no status": (entry(response={"status": "200"}), "response.status: a whole number is expected"),
    "an odd status": (entry(response={"status": True}), "response.status: a whole number is expected"),
    "headers in a list": (entry({"headers": ["a"]}), "request.headers: header names and values are expected"),
    "a body that is no text": (entry(response={"body": {}}), "response.body: a string is expected"),
    "no base64": (entry(response={"body": "!", "body_kind": "base64"}), "response.body: not base64 ("),
    "base64 of é": (entry(response={"body": "é", "body_kind": "base64"}), "response.body: not base64 ("),
    "odd reads": (entry(response={"reads": [1]}), "response.reads: pairs of seconds and bytes are expected"),
    "reads without end": (entry(response={"reads": [[1, float("inf")]]}), "response.reads: pairs of seconds and bytes"),
    "reads that never come": (entry(response={"reads": [[float("inf"), 1]]}), "response.reads: pairs of seconds and"),
    "reads of less than nothing": (entry(response={"reads": [[0, -1]]}), "response.reads: pairs of seconds and bytes"),
    "a failure after ever so long": (entry(failure={"kind": "cut", "seconds": 10**400}), "failure: a kind ("),
    "a failure before it began": (entry(failure={"kind": "cut", "seconds": -1}), "failure: a kind ("),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_exchange_is_told_with_its_line_and_key(what: str, tmp_path: Path) -> None:
    value, words = WRONG[what]
    with pytest.raises(UsageError) as caught:
        read(tmp_path, entry(), value)
    assert str(caught.value).startswith(f"{tmp_path / 'r.jsonl'}:2: {words}")


@pytest.mark.parametrize("line", [b"{", b"\xff", b"[" * 100_000, b"nonsense"], ids=["cut", "binary", "deep", "words"])
def test_what_is_no_json_is_told_with_its_line(line: bytes, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_bytes(json.dumps(entry()).encode() + b"\n" + line)
    with pytest.raises(UsageError, match=r"r\.jsonl:2: not JSON"):
        list(recordings.read(path))


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(json.dumps(entry()).encode())[:-9])
    garbage = tmp_path / "garbage.gz"
    garbage.write_bytes(b"\x1f\x8bgarbage, not gzip")
    for path in (cut, garbage, tmp_path, tmp_path / "none"):
        with pytest.raises(UsageError) as caught:
            list(recordings.read(path))
        assert str(caught.value).startswith(f"{path}: cannot be read: ")
