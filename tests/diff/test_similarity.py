"""Likeness in meaning, where the extra is installed; nothing of it goes to the network."""

import sys
from importlib.util import find_spec

import pytest

from cozecheck.diff.similarity import installed

if find_spec("wordllama") is None:
    pytest.skip("left out: the extra `similarity`; pip install 'cozecheck[similarity]'", allow_module_level=True)


def test_texts_alike_in_meaning_are_nearer_than_others() -> None:
    similarity = installed()

    assert similarity
    assert similarity("The cat sat on the mat.", "A cat was sitting there.") > 0.5
    assert similarity("The cat sat on the mat.", "Interest rates rose again.") < 0.35
    assert similarity("The same.", "The same.") == pytest.approx(1.0)


def test_no_text_is_like_another() -> None:
    similarity = installed()

    assert similarity
    assert isinstance(similarity("", "Something."), float)


def test_the_loader_that_would_ask_the_network_is_not_run() -> None:
    installed()

    assert "wordllama" not in sys.modules
