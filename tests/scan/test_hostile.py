"""Code that nobody wrote by hand costs bounded time, and hides nothing else."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from cozecheck.errors import UsageError
from cozecheck.scan import scan
from cozecheck.scan.code import Expression, Scope
from cozecheck.scan.finding import MOST_ROUNDS
from cozecheck.scan.resolving import World
from cozecheck.scan.values import Value
from cozecheck.scan.walking import MOST_BYTES
from tests.scan.sources import doubts, scanned, told

FINE = "import openai\nopenai.OpenAI().models.list()"


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 5_000 + ")" * 5_000,
        "x = " + "[" * 90 + "]" * 90,
        "x = " + "-" * 20_000 + "1",
        "a = b\nb = a\na.chat.completions.create()",
        "def f():\n    return f()\nf().chat.completions.create(**f())",
        "\n".join(f"x = x.a{n} or x.b{n}" for n in range(500)) + "\nx.chat.completions.create(model=x)",
        "class A(A): pass\nA().client.models.list()",
        "\x00\x01",
        "D = {}\nD = {**D}\nf(**D)",
        f"{FINE}\nD = {{}}\nD = {{**D, **D}}\nopenai.OpenAI().chat.completions.create(**D)",
        "D0 = {'a': 1}\n" + "\n".join(f"D{n + 1} = {{**D{n}, **D{n}}}" for n in range(40)) + f"\n{FINE}(**D40)",
    ],
)
def test_python(text: str, tmp_path: Path) -> None:
    assert "operation models.list" in told(scanned(tmp_path, a_py=text, b_py=FINE))


def test_every_expression_is_answered_once_in_a_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Functions that call one another in a ring, each with what it was called with."""
    count = 100
    ring = (f"def f{n}(x):\n    return f{(n + 1) % count}(x.y or x)" for n in range(count))
    answered: list[Expression] = []
    read = World._read

    def noted(world: World, expression: Expression, scope: Scope) -> Iterator[Value]:
        answered.append(expression)
        return read(world, expression, scope)

    monkeypatch.setattr(World, "_read", noted)
    scanned(tmp_path, a_py="\n".join((*ring, FINE, "f0(openai.OpenAI())")))
    assert max(Counter(answered).values()) <= MOST_ROUNDS


@pytest.mark.parametrize(
    "text", ["[" * 5_000 + "]" * 5_000, "a.b(" * 3_000, "const a = b; const b = a; a.b();", "\x00"]
)
def test_javascript(text: str, tmp_path: Path) -> None:
    assert "operation models.list" in told(scanned(tmp_path, a_js=text, b_py=FINE))


def test_a_file_of_many_bytes_is_listed_and_not_read(tmp_path: Path) -> None:
    ((_, why),) = doubts(scanned(tmp_path, a_js="//" + "x" * MOST_BYTES))
    assert "more than" in why


def test_folders_of_other_people_are_left_alone(tmp_path: Path) -> None:
    assert scanned(tmp_path, node_modules__a_py=FINE).files == 0


@pytest.mark.parametrize(("name", "why"), [("gone", "no such file"), ("a.txt", "neither Python")])
def test_what_is_no_source_is_one_clear_line(name: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(UsageError, match=why):
        scan([tmp_path / name])
