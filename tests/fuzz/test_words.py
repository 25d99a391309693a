"""Whatever is said in an option or a variable: what it means, or one clear error."""

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cozecheck import config
from cozecheck.cli.output import destinations
from cozecheck.errors import CozecheckError
from cozecheck.load import parse_all
from cozecheck.probe import Endpoint
from cozecheck.replay import ModelMap
from cozecheck.scenarios import Send
from tests.fuzz.spoiling import FUZZING


def variables(word: str) -> None:
    for name in config.KEYS:
        with suppress(CozecheckError):
            config.from_environment({config.variable(name): word})


def address(word: str) -> None:
    Endpoint(word).request(Send("a"))


def header(word: str) -> None:
    Endpoint("http://h", headers=((word, "a"),)).request(Send("a"))


def value(word: str) -> None:
    Endpoint("http://h", headers=(("a", word),)).request(Send("a"))


def key(word: str) -> None:
    Endpoint("http://h", word).request(Send("a"))


READERS: dict[str, tuple[Callable[[str], object], str]] = {
    "variables": (variables, "1e5"),
    "base URL": (address, "https://user@h.example:8080/v1?a=b#c"),
    "header's name": (header, "X-A"),
    "header's value": (value, "a b"),
    "key": (key, "sk-a"),
    "mapping": (lambda word: ModelMap.parse([word]), "gpt-4o*=mine"),
    "SLO": (lambda word: parse_all([word]), "chat_stream.ttft_p95 <= 1.2 x baseline"),
    "report": (lambda word: destinations([word]), "json=a.json"),
}


@st.composite
def near(draw: st.DrawFn, word: str) -> str:
    """Draw a word with something else in its middle."""
    start, end = sorted(draw(st.integers(0, len(word))) for _ in "ab")
    return word[:start] + draw(st.text(max_size=4) | st.sampled_from(("[", "]", "%", "::", "9" * 5_000))) + word[end:]


@pytest.mark.parametrize("name", READERS)
@FUZZING
@given(data=st.data())
def test_words_of_any_kind(name: str, data: st.DataObject) -> None:
    read, example = READERS[name]
    with suppress(CozecheckError):
        read(data.draw(st.text(max_size=20) | near(example)))
