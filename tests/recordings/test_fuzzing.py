"""Whatever a file holds: a reading, or one clear error."""

import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cozecheck import cassettes, recordings
from cozecheck.checks import ALL
from cozecheck.checks.judging import Bench
from cozecheck.errors import CozecheckError
from cozecheck.scrubbing import Scrubber
from tests.recordings.test_formats import FORMATS, cassette, interaction
from tests.recordings.test_jsonlines import entry

OWN: dict[str, Any] = {
    "failure": {"kind": "cut", "detail": "it ended", "seconds": 2.5},
    "left": True,
    "provenance": "authored",
    "notes": {"take": 2},
}


def own_lines() -> str:
    return json.dumps(entry(response={"reads": [[0.1, 5], [0.2, 7]]}, at=1.5e9, **OWN))


def own_cassette() -> str:
    return cassette(
        interaction() | {"cozecheck": OWN | {"reads": [[0.1, 5]], "cut": True}, "recorded_at": "2026-11-23"}
    )


EXAMPLES: tuple[Callable[[], str], ...] = (*FORMATS.values(), own_lines, own_cassette)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.binary(max_size=20),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
    st.sampled_from([10**400, "9" * 5000, "http://[", "\ud800", {"code": []}, [["a"]], [[1e400, 3]]]),
)
TRANSPORT = [each for each in ALL if each.id.startswith("transport.")]
FUZZING = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def holds(path: Path, content: bytes) -> None:
    """Read it, judge it and make a cassette of it, as the commands do."""
    path.write_bytes(content)
    bench = Bench(TRANSPORT)
    with suppress(CozecheckError):
        kept = []
        for recording in recordings.read(path):
            bench.judge(recording.exchange)
            kept.append(recording)
        cassettes.write(path.with_name("kept.yaml"), kept, Scrubber())
    assert not [tally.error for tally in bench.tallies.values() if tally.error]


@given(st.binary(max_size=300))
@FUZZING
def test_bytes_of_any_kind(tmp_path: Path, content: bytes) -> None:
    holds(tmp_path / "it", content)


@given(st.sampled_from(EXAMPLES), st.integers(0, 2000), st.integers(0, 20), st.binary(max_size=8))
@FUZZING
def test_examples_with_a_piece_replaced(
    tmp_path: Path, example: Callable[[], str], at: int, size: int, piece: bytes
) -> None:
    content = example().encode()
    at %= len(content)
    holds(tmp_path / "it", content[:at] + piece + content[at + size :])


@given(st.sampled_from(EXAMPLES), st.integers(0, 3000), st.booleans())
@FUZZING
def test_examples_cut_off(tmp_path: Path, example: Callable[[], str], at: int, packed: bool) -> None:  # noqa: FBT001
    content = gzip.compress(example().encode(), mtime=0) if packed else example().encode()
    holds(tmp_path / "it", content[: at % len(content)])


@given(st.data())
@FUZZING
def test_examples_with_a_value_of_another_kind(tmp_path: Path, data: st.DataObject) -> None:
    example = data.draw(st.sampled_from([each for each in EXAMPLES if not each().startswith("httprr")]))()
    document = yaml.safe_load(example)
    places = list(_places(document))
    container, key = data.draw(st.sampled_from(places))
    container[key] = data.draw(ODD)
    try:
        content = yaml.dump(document) if data.draw(st.booleans()) else json.dumps(document, default=str)
    except ValueError:  # digits without end
        return
    holds(tmp_path / "it", content.encode("utf-8", "surrogatepass"))


def _places(value: Any) -> Any:
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


@pytest.mark.parametrize("piece", [b"[", b'{"a":', b"- ", b"a: {b: ", b"? ", b"&a ", b"!!x "])
def test_what_goes_on_and_on(tmp_path: Path, piece: bytes) -> None:
    holds(tmp_path / "it", piece * 50_000)
