"""Noise, learned from the original against itself, and written down."""

from typing import Any

import pytest

from cozecheck.diff import Difference, Noise, NoiseRule, Policy, Severity, compare, excess, learn
from cozecheck.diff.learning import at_least, fisher
from cozecheck.errors import UsageError
from cozecheck.exchange import Exchange
from tests.examples import answer, chat_body

FIELD = "/choices/*/message/note"
CHAT = "chat.completions.create"


def noted(note: Any) -> Exchange:
    body = chat_body()
    body["choices"][0]["message"]["note"] = note
    return answer(body)


SAME, OTHER = (noted("a"), noted("a")), (noted("a"), noted("b"))
DIFFERENCE = Difference("diff.value.changed", Severity.CHANGED, "/choices/0/message/note", "a", "b")


def test_what_the_original_changes_by_itself_is_noise() -> None:
    noise = learn([OTHER, SAME, SAME, OTHER])

    assert [(rule.path, rule.operation, rule.seen, rule.of) for rule in noise.rules] == [(FIELD, CHAT, 2, 4)]
    assert [each.severity for each in compare(*OTHER, Policy(noise=noise))] == [Severity.NOISE]


def test_what_never_changed_is_no_noise_however_few_the_pairs() -> None:
    assert learn([SAME]).rules == learn([]).rules == ()


def test_what_changed_once_in_many_is_no_noise() -> None:
    assert learn([OTHER, *[SAME] * 99]).rules == ()


def test_noise_of_one_kind_hides_no_other() -> None:
    noise = learn([OTHER] * 3)

    assert [each.rule for each in compare(noted("a"), noted(1), Policy(noise=noise))] == ["diff.structure.type"]
    assert {each.severity for each in compare(noted("a"), noted(1), Policy(noise=noise))} == {Severity.BREAKING}


def test_more_noise_than_the_original_has_is_told() -> None:
    noise = Noise((NoiseRule(FIELD, "seen", CHAT, seen=2, of=40),))

    assert [each.rule for each in excess(noise, {CHAT: 40}, [(CHAT, DIFFERENCE)] * 30)] == ["diff.noise.excess"]
    assert excess(noise, {CHAT: 40}, [(CHAT, DIFFERENCE)] * 4) == ()


@pytest.mark.parametrize(("k", "n", "expected"), [(0, 10, 1.0), (1, 1, 0.01), (1, 5, 0.049), (2, 2, 0.0001)])
def test_the_binomial_tail(k: int, n: int, expected: float) -> None:
    assert at_least(k, n, 0.01) == pytest.approx(expected, rel=0.01)


def test_the_exact_test_of_two_counts() -> None:
    assert fisher(3, 3, 0, 3) == pytest.approx(1 / 20)
    assert fisher(0, 3, 3, 3) == pytest.approx(1.0)


def test_a_document_says_the_same_when_read_back() -> None:
    noise = Noise(
        (NoiseRule(FIELD, "a note", CHAT, "diff.value.*", Severity.COSMETIC), NoiseRule("/x", "y", seen=1, of=2))
    )

    assert Noise.from_document(noise.to_document(), "noise.yaml") == noise


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "a list under the key noise"),
        ({"noise": ["x"]}, "noise 1: an object"),
        ({"noise": [{"path": "/x"}]}, "noise 1: reason"),
        ({"noise": [{"path": 1, "reason": "x"}]}, "noise 1: path"),
        ({"noise": [{"path": "/x", "reason": "x", "severity": "loud"}]}, "severity: one of breaking"),
        ({"noise": [{"path": "/x", "reason": "x", "until": 1}]}, "unknown key 'until'"),
        ({"noise": [{"path": "/x", "reason": "x", "seen": -1}]}, "seen: a count"),
    ],
)
def test_a_faulty_document_is_told_by_one_line(document: Any, words: str) -> None:
    with pytest.raises(UsageError, match=r"^noise\.yaml: ") as caught:
        Noise.from_document(document, "noise.yaml")

    assert words in str(caught.value)


def test_unused_rules_are_told() -> None:
    used, unused = NoiseRule(FIELD, "a note"), NoiseRule("/choices/*/message/notes", "another")

    assert Noise((used, unused)).unused([(CHAT, DIFFERENCE)]) == (unused,)


def test_a_rule_of_another_operation_does_not_cover() -> None:
    assert not NoiseRule(FIELD, "x", "responses.*").covers(DIFFERENCE, CHAT)
