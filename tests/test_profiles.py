"""Named selections of checks."""

import pytest

from cozecheck.checks import ALL
from cozecheck.errors import UsageError
from cozecheck.findings import Level
from cozecheck.profiles import Profile, choose, named, profiles


def ids(profile: str, *wanted: str, without: tuple[str, ...] = ()) -> set[str]:
    return {check.id for check in choose(ALL, named(profile), wanted, without)}


def test_there_are_those_that_are_promised() -> None:
    assert list(profiles()) == ["all", "core", "strict", "openai-python", "openai-node"]
    assert all(each.summary.endswith(".") for each in profiles().values())


def test_all_is_every_check() -> None:
    assert ids("all") == {check.id for check in ALL}


def test_core_is_what_every_client_needs() -> None:
    assert ids("core") == {check.id for check in ALL if check.level is Level.MUST}


def test_strict_is_every_check_and_a_warning_fails() -> None:
    assert ids("strict") == ids("all")
    assert [name for name, each in profiles().items() if each.strict] == ["strict"]


@pytest.mark.parametrize(("profile", "client"), [("openai-python", "openai-python"), ("openai-node", "openai-node")])
def test_a_clients_profile_is_what_breaks_it(profile: str, client: str) -> None:
    breaking = {check.id for check in ALL if any(client in each for each in check.breaks)}
    assert breaking
    assert breaking <= ids(profile) < ids("all")


def test_options_narrow_a_profile() -> None:
    assert ids("core", "auth") == {check.id for check in ALL if check.family == "auth" and check.level is Level.MUST}
    assert ids("core", "auth", without=("auth.status",)) == ids("core", "auth") - {"auth.status"}


def test_a_profile_may_name_checks_itself() -> None:
    chosen = choose(ALL, Profile("mine", "", select=("auth", "models"), ignore=("models.*",)), (), ())
    assert {check.family for check in chosen} == {"auth"}


def test_nothing_left_and_unknown_names_are_told() -> None:
    with pytest.raises(UsageError, match="no check is left"):
        choose(ALL, named("core"), ["sse.line-style"], ())
    with pytest.raises(UsageError, match="no profile is called 'cor'; did you mean 'core'"):
        named("cor")
