"""Checks, chosen and put in order."""

import pytest

from cozecheck.checks import ALL, Check
from cozecheck.checks.registry import EVERY_MUST, FAMILIES, check, family_of, matches, nearest, ordered, select
from cozecheck.checks.successors import SUCCESSORS
from cozecheck.errors import UsageError
from cozecheck.findings import Basis, Level
from cozecheck.views.wire import attempt


def named(*ids: str) -> list[Check]:
    return [each for each in ALL if each.id in ids]


def ids(checks: tuple[Check, ...]) -> list[str]:
    return [each.id for each in checks]


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.id)
def test_every_check_says_all_there_is_to_say(each: Check) -> None:
    assert each.requirement.endswith("."), "one sentence"
    assert each.cite
    assert each.remedy.endswith((".", "`.")), each.remedy
    assert each.breaks
    assert not each.requires - {other.id for other in ALL} - {EVERY_MUST}
    assert each.id not in each.requires
    assert (each.view is None) == bool(each.scenario)


def test_what_is_only_de_facto_is_never_a_must() -> None:
    assert [each.id for each in ALL if each.basis is Basis.DE_FACTO and each.level is Level.MUST] == []
    with pytest.raises(ValueError, match="never a MUST"):
        check("chat.x", Level.MUST, Basis.DE_FACTO, of=attempt, cite="", remedy="")(lambda _: iter(()))


def test_an_id_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        check(ALL[0].id, Level.MAY, Basis.SPEC, of=attempt, cite="", remedy="")(lambda _: iter(()))


def test_checks_stand_by_family() -> None:
    families = [each.family for each in ALL]
    assert families == sorted(families, key=FAMILIES.index)
    assert set(families) == set(FAMILIES)


def test_the_longest_family_counts() -> None:
    assert (family_of("chat.object"), family_of("chat.stream.object")) == ("chat", "chat.stream")


def test_a_family_is_not_the_one_whose_name_begins_like_it() -> None:
    (stream,) = named("chat.stream.object")
    assert not matches("chat", stream)
    assert matches("chat.stream", stream)
    assert matches("chat.*", stream)
    assert matches("*.object", stream)


def test_selections_are_globs_and_families() -> None:
    assert ids(select(ALL, ["chat.stream.finish-*"], ["*-length"])) == [
        each.id for each in ALL if each.id.startswith("chat.stream.finish-") and not each.id.endswith("-length")
    ]
    assert {each.family for each in select(ALL, ["auth", "models"])} == {"auth", "models"}
    assert select(ALL) == ALL


def test_the_names_of_before_still_select() -> None:
    for before, now in SUCCESSORS.items():
        assert ids(select(ALL, [before])) == [now]
        assert before not in ids(ALL)


@pytest.mark.parametrize("pattern", ["chat.objekt", "nothing.*", ""])
def test_what_names_nothing_is_told(pattern: str) -> None:
    with pytest.raises(UsageError, match="no check or family is called"):
        select(ALL, [pattern])
    with pytest.raises(UsageError, match="no check or family is called"):
        select(ALL, [], [pattern])


def test_what_is_meant_is_guessed_or_looked_up() -> None:
    assert nearest("objekt", ["object", "other"], "checks") == "; did you mean 'object'?"
    assert nearest("xyz", ["object", "other"], "checks") == "; `cozecheck list checks` shows all"


def test_a_check_comes_after_those_it_requires() -> None:
    places = {each.id: place for place, each in enumerate(ordered(ALL))}
    assert len(places) == len(ALL)
    for each in ALL:
        assert all(places[needed] < places[each.id] for needed in each.requires - {EVERY_MUST})


def test_what_speaks_last_comes_last() -> None:
    speaks_last = [EVERY_MUST in each.requires for each in ordered(ALL)]
    assert any(speaks_last)
    assert speaks_last == sorted(speaks_last)


def test_order_does_without_what_was_not_selected() -> None:
    dependent = next(each for each in ALL if each.requires)
    assert ordered([dependent]) == (dependent,)
