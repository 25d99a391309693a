"""A file of signatures, and every way to write it wrong."""

from datetime import date

import pytest

from cozecheck.checklist import Signature, known, parse
from cozecheck.errors import UsageError

GOOD = '[[signed]]\nitem = "rollback.rehearsed"\nby = "Mary"\ndate = 2026-11-01\n'


def test_a_signature_is_read() -> None:
    (found,) = parse(GOOD, "s.toml", known())
    assert found == Signature("rollback.rehearsed", "Mary", date(2026, 11, 1))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x = 1", "s.toml: unknown key 'x'"),
        ("signed = 1", "s.toml: `signed` is no list of tables"),
        (GOOD.replace("by =", "bi ="), "s.toml: signature 1: unknown key 'bi'"),
        (GOOD.replace('by = "Mary"\n', ""), "s.toml: signature 1: by is missing"),
        (GOOD.replace('"Mary"', '" "'), "s.toml: signature 1: by is empty"),
        (GOOD.replace('"Mary"', "3"), "s.toml: signature 1: by is not a string"),
        (GOOD.replace("2026-11-01", '"2026-11-01"'), "s.toml: signature 1: date is not a date"),
        (GOOD.replace("rehearsed", "rehersed"), "did you mean 'rollback.rehearsed'?"),
        ("[[signed", "s.toml: not TOML"),
    ],
)
def test_what_is_wrong_is_one_clear_line(text: str, complaint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text, "s.toml", known())
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)
