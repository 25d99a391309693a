"""Content-Encoding undone within bounds."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from cozecheck.encoding import decode

BODY = b'{"object": "list", "data": []}' * 20
PACKED = gzip.compress(BODY, mtime=0)
LIMIT = 1_000_000


def bare_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (None, BODY),
        ("", BODY),
        ("identity", BODY),
        ("gzip", PACKED),
        ("GZip ", PACKED),
        ("x-gzip", PACKED),
        ("deflate", zlib.compress(BODY)),
        ("deflate", bare_deflate(BODY)),
        ("br", brotli.compress(BODY)),
        ("zstd", zstandard.compress(BODY)),
    ],
)
def test_what_was_asked_for_is_undone(encoding: str | None, body: bytes) -> None:
    decoded = decode(body, encoding, LIMIT)
    assert (decoded.content, decoded.fault) == (BODY, "")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, br"])
def test_a_plain_body_under_the_header_of_a_packed_one_is_taken_as_it_is(encoding: str) -> None:
    decoded = decode(BODY, encoding, LIMIT)
    assert (decoded.content, decoded.fault) == (BODY, "")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_no_body_is_no_fault(encoding: str) -> None:
    decoded = decode(b"", encoding, LIMIT)
    assert (decoded.content, decoded.fault) == (b"", "")


def test_an_encoding_that_nobody_knows_is_a_fault() -> None:
    decoded = decode(b"\x00\x01\x02", "compress", LIMIT)
    assert (decoded.content, decoded.fault) == (b"", "content-encoding 'compress' cannot be undone")


@pytest.mark.parametrize(("name", "body"), [("br", b"\xff\x00\x80{}\x03"), ("zstd", b"\x28\xb5\x2f\xfd\xff\x10")])
def test_what_is_not_packed_as_it_says_is_a_fault(name: str, body: bytes) -> None:
    decoded = decode(body, name, LIMIT)
    assert (decoded.content, decoded.fault[: len(name)]) == (b"", name)


@pytest.mark.parametrize(("name", "pack"), [("br", brotli.compress), ("zstd", zstandard.compress)])
def test_a_small_body_that_grows_without_end_is_a_fault(name: str, pack: Callable[[bytes], bytes]) -> None:
    decoded = decode(pack(bytes(20_000_000)), name, LIMIT)
    assert len(decoded.content) == LIMIT
    assert "to more than 1,000,000" in decoded.fault


@pytest.mark.parametrize(("name", "pack"), [("br", brotli.compress), ("zstd", zstandard.compress)])
def test_a_packed_body_cut_off_is_known_for_it(name: str, pack: Callable[[bytes], bytes]) -> None:
    assert decode(pack(BODY)[:-4], name, LIMIT).is_cut


@pytest.mark.parametrize("body", [PACKED[:-12], PACKED[:-4]], ids=["content", "checksum"])
def test_a_body_cut_off_keeps_what_came(body: bytes) -> None:
    decoded = decode(body, "gzip", LIMIT)
    assert BODY.startswith(decoded.content)
    assert (decoded.fault, decoded.is_cut) == ("gzip ends in the middle", True)


def test_what_follows_the_end_is_a_fault_and_dropped() -> None:
    decoded = decode(PACKED + b"garbage", "gzip", LIMIT)
    assert (decoded.content, decoded.fault) == (BODY, "7 bytes follow the end of gzip")


def test_a_second_member_is_dropped_as_clients_do() -> None:
    decoded = decode(PACKED * 2, "gzip", LIMIT)
    assert decoded.content == BODY
    assert "follow the end" in decoded.fault


@pytest.mark.parametrize(
    ("encoding", "body", "fault"),
    [
        ("gzip", zlib.compress(BODY), "the body is not gzip, as declared"),
        ("gzip", b"\x1f\x8b" + b"\xff" * 40, "gzip does not decode"),
        ("gzip", PACKED[:-8] + bytes(8), "gzip does not decode"),
        ("deflate", b"\x78\x9c" + b"\xff" * 40, "deflate does not decode"),
    ],
)
def test_a_corrupt_body_is_a_fault(encoding: str, body: bytes, fault: str) -> None:
    decoded = decode(body, encoding, LIMIT)
    assert decoded.content == b""
    assert decoded.fault.startswith(fault)


@pytest.mark.parametrize(
    ("encoding", "bomb"),
    [
        ("gzip", gzip.compress(bytes(50_000_000), mtime=0)),
        ("deflate", zlib.compress(bytes(50_000_000))),
        ("deflate", bare_deflate(bytes(50_000_000))),
    ],
    ids=["gzip", "deflate", "bare"],
)
def test_a_bomb_is_undone_up_to_the_limit(encoding: str, bomb: bytes) -> None:
    tracemalloc.start()
    decoded = decode(bomb, encoding, LIMIT)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert decoded.content == bytes(LIMIT)
    assert decoded.fault == f"{encoding} unpacks {len(bomb):,} bytes to more than 1,000,000"
    assert peak < 4 * LIMIT


@given(st.binary(), st.sampled_from(["gzip", "deflate", "br", "zstd", "x", "gzip, deflate"]))
def test_any_bytes_under_any_name_come_to_an_end(body: bytes, encoding: str) -> None:
    decoded = decode(body, encoding, 1000)
    assert len(decoded.content) <= max(1000, len(body))
