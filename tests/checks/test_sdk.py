"""The official client's word, as a check of its own."""

from dataclasses import replace
from typing import Any

import pytest

from cozecheck.checks import ALL
from cozecheck.checks.judging import Bench
from cozecheck.checks.sdk import VIEWS
from cozecheck.exchange import Exchange
from tests.sdk.captured import answered, completion, streamed

PATHS: dict[str, tuple[str, bool]] = {
    "chat": ("/chat/completions", False),
    "chat.stream": ("/chat/completions", True),
    "completions": ("/completions", False),
    "embeddings": ("/embeddings", False),
    "responses": ("/responses", False),
    "responses.stream": ("/responses", True),
    "conversations": ("/conversations", False),
    "moderations": ("/moderations", False),
    "images": ("/images/generations", False),
    "audio": ("/audio/transcriptions", False),
    "files": ("/files", False),
    "batches": ("/batches", False),
}


def said(family: str, word: str) -> Exchange:
    path, streams = PATHS[family]
    return replace(streamed(path=path) if streams else answered({}, path=path), sdk=word)


def outcome(exchange: Exchange, id: str, **among: Any) -> tuple[int, int]:
    bench = Bench([check for check in ALL if check.id == id or check.id in among.get("others", ())])
    bench.judge(exchange)
    return bench.tallies[id].judged, bench.tallies[id].failed


@pytest.mark.parametrize("family", VIEWS)
def test_an_answer_that_the_client_reads_passes(family: str) -> None:
    assert outcome(said(family, "survives"), f"{family}.sdk-reads") == (1, 0)


@pytest.mark.parametrize("family", VIEWS)
def test_an_answer_at_which_it_raises_fails(family: str) -> None:
    assert outcome(said(family, "raises TypeError in somewhere"), f"{family}.sdk-reads") == (1, 1)


def test_what_the_client_was_not_asked_is_not_judged() -> None:
    assert outcome(said("chat", ""), "chat.sdk-reads") == (0, 0)


def test_it_says_nothing_where_a_must_is_broken_already() -> None:
    wrong = replace(answered(completion(object="text_completion")), sdk="raises AssertionError in somewhere")
    assert outcome(wrong, "chat.sdk-reads", others=("chat.object",)) == (0, 0)
    assert outcome(wrong, "chat.sdk-reads") == (1, 1)


def test_a_should_that_is_broken_does_not_silence_it() -> None:
    wrong = replace(answered(completion(usage=...)), sdk="raises AssertionError in somewhere")
    assert outcome(wrong, "chat.sdk-reads", others=("usage.present",)) == (1, 1)
