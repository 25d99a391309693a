"""Load profiles: shipped, one's own, and wrong ones."""

from pathlib import Path

import pytest

from cozecheck.errors import UsageError
from cozecheck.load.profiles import NAMES, named, parse, shipped

LEAST = """
summary = "One."
[shape]
kind = "closed"
stages = [{seconds = 1, users = 1}]
[mix]
chat = 1
"""


def test_what_is_shipped_is_whole() -> None:
    assert [each.name for each in shipped()] == list(NAMES)
    assert all(each.promises and each.summary.endswith(("?", ".")) for each in shipped())
    assert named("smoke").shape.seconds == 30


def test_a_profile_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(LEAST, "utf-8")
    assert named(str(own)).name == "own"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("kind =", "kid ="), r"p: shape\.kind: is missing"),
        (("closed", "open"), r"p: shape\.kind: one of 'closed', .* is expected"),
        (("users = 1", 'users = "many"'), r"p: shape\.stages\.0\.users: .* integer, not 'many'"),
        (("users = 1", "rate = 1"), r"p: shape: stage 1: a shape of the kind closed wants users, no rate"),
        (("closed", "poisson"), r"p: shape: stage 1: a shape of the kind poisson wants a rate, no users"),
        (("closed", "trace"), r"p: shape\.stages: there is no such key"),
        (("seconds = 1", "seconds = 1, ramp = 2"), "its ramp is longer"),
        (("chat = 1", "chatt = 1"), r"p: mix\.chatt: .*not 'chatt'"),
        (("chat = 1", "chat = 0"), r"p: mix\.chat: .* greater than or equal to 1, not 0"),
        (('"One."', '"One."\nslos = ["ttft < 1s"]'), r"p: slos: 'ttft < 1s': which ttft"),
        (
            ('"One."', '"One."\nslos = ["tools.ttft_p95 < 1s"]'),
            r"p: slos: .* no operation of the mix is called 'tools'",
        ),
        (('"One."', '"One."\npace = 1'), "p: pace: there is no such key"),
        (
            ("chat = 1", "chat = 1\n[prompts]\ntokens = {kind = 'normal', mean = 5}"),
            "prompts.tokens.deviation: is missing",
        ),
        (("summary", "summary["), "p: not TOML"),
    ],
    ids=str,
)
def test_a_mistake_is_one_line(change: tuple[str, str], says: str) -> None:
    with pytest.raises(UsageError, match=says) as refused:
        parse(LEAST.replace(*change), "own", "p")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "says"),
    [("smok", "did you mean 'smoke'"), ("core", "list profiles` shows all"), ("none.toml", "cannot be read")],
)
def test_an_unknown_profile(name: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        named(name)
