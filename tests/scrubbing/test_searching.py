"""What was left in, however it is spelt or packed, is found, and not told."""

import base64
import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from urllib.parse import quote

import brotli
import pytest
import zstandard

from cozecheck.scrubbing import Scrubber, leaks
from tests.examples import exchange
from tests.scrubbing.test_scrubbing import KEY, SECRETS, events, packs

KNOWN = 'Blü "bird"/x & co\u2028😀'
SPELT: Mapping[str, Callable[[str], str]] = {
    "plain": str,
    "JSON": lambda value: json.dumps({"a": value}),
    "JSON, characters as they are": lambda value: json.dumps({"a": value}, ensure_ascii=False),
    "JSON in JSON in JSON": lambda value: json.dumps({"a": json.dumps({"b": json.dumps(value)})}),
    "JSON as Go writes it": lambda value: json.dumps({"a": value}).replace("&", "\\u0026").replace("/", "\\/"),
    "JSON in capitals": lambda value: json.dumps(value).replace("00fc", "00FC").replace("ud83d", "uD83D"),
    "a URL": lambda value: f"https://h/v1?q={quote(value)}",
    "a URL, all of it": lambda value: f"https://h/v1?q={quote(value, safe='')}",
    "a form": lambda value: "q=" + quote(value, safe="").replace("%20", "+"),
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 of one more byte": lambda value: base64.b64encode(b"x" + value.encode()).decode(),
    "base64 of two more bytes": lambda value: base64.b64encode(b"xx" + value.encode()).decode(),
    "base64 after something else": lambda value: "file-" + base64.b64encode(b"it is " + value.encode()).decode(),
}
PACKED: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "two members of gzip": lambda data: gzip.compress(b"hello") + gzip.compress(data),
    "gzip in gzip": lambda data: gzip.compress(gzip.compress(data)),
    "zlib": zlib.compress,
    "brotli": brotli.compress,
    "zstd": zstandard.compress,
    "brotli in gzip": lambda data: gzip.compress(brotli.compress(data)),
    "gzip, cut": lambda data: gzip.compress(data)[:-4],
}


def wrapped(data: bytes) -> bytes:
    return b"!!binary |\n  " + base64.encodebytes(data).replace(b"\n", b"\n  ")


@pytest.mark.parametrize("spelling", SPELT)
@pytest.mark.parametrize("value", [KNOWN, "hunter2!", KEY])
def test_what_is_known_is_found_and_masked_in_every_spelling(value: str, spelling: str) -> None:
    data = SPELT[spelling](value).encode()
    assert list(leaks(data, [value]))
    scrubber = Scrubber([value])
    assert list(scrubber.leaks(scrubber.raw(data))) == []


def test_a_word_is_found_and_masked_in_any_case() -> None:
    assert list(leaks(b"BLUEbird", words=["bluebird"])) == ["known value"]
    assert Scrubber(words=["bluebird"]).text("a BLUEbird") == "a ********"


@pytest.mark.parametrize("packing", PACKED)
@pytest.mark.parametrize("wrap", [bytes, base64.b64encode, base64.urlsafe_b64encode, wrapped])
def test_what_is_packed_is_found_and_masked(packing: str, wrap: Callable[[bytes], bytes]) -> None:
    data = wrap(PACKED[packing](b"all of this, and " + KEY.encode() + b", and more of it, " * 9))
    found = list(leaks(data))
    assert found
    assert KEY not in "".join(found)
    assert list(leaks(Scrubber().raw(data))) == []


@pytest.mark.parametrize("kind", SECRETS)
@pytest.mark.parametrize("pack", packs("x"))
def test_what_looks_like_a_secret_is_found(kind: str, pack: str) -> None:
    assert list(leaks(packs(SECRETS[kind])[pack]))


@pytest.mark.parametrize("before", ["\\n", "\\u00e9", "%0A", "%3D", "=", "/", ".", "_", '"', "(", "\\\\n"])
def test_a_key_is_found_after_anything_but_a_word(before: str) -> None:
    data = f'{{"a": "my key{before}{KEY}"}}'.encode()
    assert list(leaks(data))
    assert KEY[3:].encode() not in Scrubber().raw(data)


def test_a_key_whose_letters_are_escaped_is_found_and_masked() -> None:
    data = ('{"a": "' + "".join(f"\\u{ord(each):04x}" for each in KEY) + '"}').encode()
    assert list(leaks(data)) == ["key, escaped"]
    assert KEY not in json.loads(Scrubber().raw(data))["a"]


def test_a_secret_told_in_pieces_is_found() -> None:
    assert list(leaks(events(*KEY))) == ["key, in pieces"]


def test_where_it_is_is_said() -> None:
    data = json.dumps({"a": base64.b64encode(gzip.compress(KEY.encode() * 2)).decode()}).encode()
    assert list(leaks(data)) == ["key, base64, compressed"]


def test_what_is_too_large_to_look_into_is_said_and_hidden() -> None:
    bomb = base64.b64encode(gzip.compress(bytes(40_000_000)))
    assert list(leaks(bomb)) == ["something too large to look into, base64"]
    scrubbed = Scrubber().raw(bomb)
    assert list(leaks(scrubbed)) == []
    assert len(base64.b64decode(scrubbed)) == len(base64.b64decode(bomb))


def test_many_bombs_are_no_way_round_it() -> None:
    bomb = json.dumps([base64.b64encode(gzip.compress(bytes([n]) * 20_000_000)).decode() for n in range(6)]).encode()
    assert "something too large to look into, base64" in "".join(leaks(bomb))
    assert list(leaks(Scrubber().raw(bomb))) == []


def test_the_same_secret_has_the_same_mask_and_another_has_another() -> None:
    said = Scrubber().text("ada@engine.org bob@engine.org ada@engine.org")
    assert said == "masked******** masked*******2 masked********"


def test_a_number_that_is_known_stays_a_number() -> None:
    body = Scrubber(["49291234"]).scrub(exchange({"account": 49291234, "say": "49291234"})).request.json
    assert body == {"account": 99999999, "say": "99999999"}


def test_a_key_that_looks_like_nothing_is_hidden_where_the_server_says_it_again() -> None:
    it = exchange(
        {}, {"error": {"message": "wrong key: hush-hush-it-is"}}, sent={"authorization": "Bearer hush-hush-it-is"}
    )
    after = Scrubber().scrub(it)
    assert after.response is not None
    mask = (after.request.headers.get("authorization") or "").removeprefix("Bearer ")
    assert after.response.json == {"error": {"message": f"wrong key: {mask}"}}
    assert "hush" not in mask


def test_what_a_server_masked_is_not_taken_for_the_key() -> None:
    it = exchange({}, {"error": f"wrong key: {'*' * 40}ab"}, sent={"authorization": "Bearer " + KEY})
    after = Scrubber().scrub(it)
    assert after.response is not None
    assert (after.request.headers.get("authorization") or "-")[7:].encode() not in after.response.body
