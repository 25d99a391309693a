"""What is used to what is judged."""

from fnmatch import fnmatchcase

import pytest

from cozecheck import profiles
from cozecheck.checks import ALL
from cozecheck.contract.operations import OPERATIONS
from cozecheck.scan.selecting import matters, profile, rule, rules
from cozecheck.used import Use, UseKind, Uses

CHAT, EMBED = "chat.completions.create", "embeddings.create"


def uses(*found: tuple[UseKind, str, str]) -> Uses:
    return Uses(1, tuple(Use(*each, file="a.py", line=number) for number, each in enumerate(found, 1)))


PLAIN = uses((UseKind.OPERATION, CHAT, CHAT))


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_every_check_is_bound_to_a_use(check: object) -> None:
    assert rule(check.id) is not None  # type: ignore[attr-defined]


@pytest.mark.parametrize("pattern", rules())
def test_every_rule_names_a_check(pattern: str) -> None:
    assert any(fnmatchcase(check.id, pattern) for check in ALL)


def test_every_operation_of_a_rule_is_one() -> None:
    needs = {need for each in rules().values() for words in each for need in words.split(" & ")}
    names = [need for need in needs if need and ":" not in need and need != "never"]
    assert [name for name in names if not any(fnmatchcase(each.name, name) for each in OPERATIONS)] == []


def test_an_application_that_only_chats_is_not_judged_by_what_it_does_not_use() -> None:
    chosen = set(profile(PLAIN, ALL).select)
    families = {check.family for check in ALL if check.id in chosen}
    assert families == {"transport", "errors", "auth", "models", "chat", "usage", "request", "logprobs", "reasoning"}
    assert "request.seed" not in chosen
    assert profile(PLAIN, ALL).operations == (CHAT,)


def test_a_use_of_one_operation_does_not_count_for_another() -> None:
    streaming = uses((UseKind.OPERATION, CHAT, CHAT), (UseKind.STREAM, "stream", CHAT))
    assert matters("chat.stream.done-terminator", streaming)
    assert matters("sse.utf8", streaming)
    assert not matters("completions.stream.finish", streaming)
    assert not matters("tools.stream.schema", streaming)


def test_both_are_wanted_where_both_are_named() -> None:
    both = uses((UseKind.STREAM, "stream", CHAT), (UseKind.TOOL, "*", CHAT))
    assert matters("tools.stream.schema", both)


def test_a_parameter_makes_its_check_matter() -> None:
    assert matters("request.seed", uses((UseKind.PARAMETER, "seed", CHAT)))
    assert not matters("embeddings.dimensions", uses((UseKind.PARAMETER, "seed", EMBED)))


def test_nothing_used_selects_nothing() -> None:
    assert profile(Uses(1), ALL).select == ()


def test_a_profile_is_written_and_read_back(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "scan.toml"
    made = profile(PLAIN, ALL)
    path.write_text(profiles.write(made), "utf-8")
    assert profiles.named(str(path)) == made
