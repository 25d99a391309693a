"""Text from a target, made safe to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cozecheck.render.visible import cut, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, \u4f60\u597d, \N{GRINNING FACE}", "plain, \u4f60\u597d, \N{GRINNING FACE}"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\r\nb\tc\x00", "a\\r\\nb\\tc\\x00"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202egnp", "\\u202egnp"),
        ("\ud800", "\\ud800"),
        ("\ufffe", "\\ufffe"),
    ],
)
def test_what_has_no_ink_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_all_that_is_shown_can_be_printed(text: str) -> None:
    assert visible(text).isprintable()


def test_a_long_text_is_cut_and_says_so() -> None:
    assert cut("x" * 1234, 10) == "xxxxxxxxxx... (1,234 characters)"


def test_a_short_text_is_not_cut() -> None:
    assert cut("x" * 10, 10) == "x" * 10
