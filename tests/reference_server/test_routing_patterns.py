import pytest

from reference_server.errors import ModelNotFound
from reference_server.routing.balancing import Balancing
from reference_server.routing.patterns import LONGEST_NAME, Pattern, PatternError
from reference_server.routing.rules import Alias, Rule, Rules

RULES = Rules.of(
    [
        Rule(r"^gpt-3\.5-turbo.*", "cloud", max_tokens=512),
        Rule(r"gpt-.*", "local", Balancing.WEIGHTED),
        Rule(r"Qwen.*", "local"),
    ],
    [Alias(r"bot-(.*)", r"\1"), Alias(r"(\w+)/(\w+)", r"\2-\1")],
)


@pytest.mark.parametrize(
    ("asked", "model", "pool"),
    [
        ("gpt-3.5-turbo-16k", "gpt-3.5-turbo-16k", "cloud"),
        ("gpt-3x5-turbo", "gpt-3x5-turbo", "local"),
        ("bot-gpt-4", "gpt-4", "local"),
        ("four/gpt", "gpt-four", "local"),
    ],
)
def test_the_first_rule_that_matches_the_name_or_what_it_is_an_alias_of(asked: str, model: str, pool: str) -> None:
    found = RULES.match(asked)

    assert (found.model, found.rule.pool) == (model, pool)


@pytest.mark.parametrize("asked", ["bot-bot-gpt-4", "xgpt-4", "", "gpt-4\n", "gpt-\ud800", "gpt-" + "4" * LONGEST_NAME])
def test_no_rule_is_a_model_that_is_not_found(asked: str) -> None:
    with pytest.raises(ModelNotFound):
        RULES.match(asked)


def test_a_rule_carries_its_cap_of_tokens() -> None:
    assert RULES.match("gpt-3.5-turbo").rule.max_tokens == 512


def test_an_explanation_says_what_was_tried_and_why_it_missed() -> None:
    assert list(RULES.explain("bot-qwen2").lines()) == [
        "alias 1 'bot-(.*)': matches: read as 'qwen2'",
        r"rule 1 '^gpt-3\.5-turbo.*': does not match",
        "rule 2 'gpt-.*': does not match",
        "rule 3 'Qwen.*': matches but for upper and lower case",
        "'qwen2' matches no rule: 404 model_not_found",
    ]


def test_an_explanation_ends_with_the_rule_that_matches() -> None:
    *_, second, end = RULES.explain("gpt-4").lines()

    assert second == "rule 2 'gpt-.*': matches: pool 'local'"
    assert end == "'gpt-4' goes to pool 'local'"


def test_a_part_of_the_name_is_told_from_none_of_it() -> None:
    assert "matches only 'gpt-4'" in Pattern.compiled("gpt-4").missed("gpt-4o")


def test_an_explanation_agrees_with_the_match() -> None:
    for asked in ("bot-gpt-4", "four/gpt", "gpt-3.5-turbo"):
        assert RULES.explain(asked).pool == RULES.match(asked).rule.pool


def test_an_explanation_is_fit_for_a_log() -> None:
    *_, end = RULES.explain("a\nb" + "c" * 5_000).lines()

    assert "\n" not in end
    assert len(end) < 200


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"(a)\1", "((((a{100}){100}){100}){100})", "\ud800"])
def test_a_pattern_that_needs_to_go_back_is_refused_by_name(pattern: str) -> None:
    with pytest.raises(PatternError, match="no regular expression for RE2"):
        Rules.of([Rule(pattern, "local")])


@pytest.mark.parametrize("model", [r"\2", r"\n", "a\\"])
def test_an_alias_refers_to_groups_that_are_there(model: str) -> None:
    with pytest.raises(PatternError):
        Rules.of([], [Alias("bot-(.*)", model)])


def test_a_group_that_took_no_part_is_empty() -> None:
    assert Rules.of([Rule(".*", "local")], [Alias("(a)|b", r"x\1")]).match("b").model == "x"


def test_what_makes_others_go_back_for_ever_is_answered() -> None:
    # Python's own engine needs 2**254 steps for this one, so an end of the test is the proof.
    assert Pattern.compiled("(a+)+b").groups("a" * LONGEST_NAME) is None
