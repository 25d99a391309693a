"""`cozecheck replay`: recordings in, a verdict out, whatever happens in between."""

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from cozecheck.cli import run
from tests.cli.commands import complaint
from tests.examples import asking, chat_body, choice, error
from tests.replay.cassettes import Asked, recorded, serving, write

HELLO = recorded(asking("Say hello."), chat_body(choice("Hello there."))).exchange
PATIENCE = 60


def replay(*arguments: str) -> list[str]:
    return ["replay", "c.jsonl", "--no-sdk", "--report", "json=r.json", *arguments]


def told() -> dict[str, Any]:
    report: dict[str, Any] = json.loads(Path("r.json").read_text("utf-8"))
    return report


def plain(_: Asked) -> tuple[int, Any]:
    return 200, chat_body(choice("Hello there."))


def test_nothing_breaks(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("c.jsonl"), HELLO)
    with serving(plain) as (_, base_url):
        assert run(replay("--base-url", base_url, "--select", "diff")) == 0
    out, err = capsys.readouterr()
    assert out.startswith("CONFORMS")
    assert "1 recording, 1 sent, 1 compared" in out
    assert err == f"{base_url}: 1 of 1 recordings\n"
    assert told()["replay"]["compared"] == 1


def test_a_difference_breaks_and_is_told_in_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("c.jsonl"), HELLO)
    formats = [f"--report={name}=r.{name}" for name in ("text", "junit", "markdown", "html")]
    with serving(lambda _: (200, chat_body(choice("Hello there.", finish="length")))) as (_, base_url):
        assert run([*replay("--base-url", base_url), *formats]) == 1
    out = capsys.readouterr().out
    for text in (out, *(Path(f"r.{name}").read_text() for name in ("text", "junit", "markdown", "html"))):
        assert "diff.finish.reason" in text
        assert "1 recording, 1 sent, 1 compared" in text


def test_selection_is_by_check_and_by_rule(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("c.jsonl"), HELLO)
    with serving(lambda _: (200, chat_body(choice("Hello there.", finish="length"), object="x"))) as (_, base_url):
        assert run(replay("--base-url", base_url, "--select", "diff.status.*")) == 0
        assert run(replay("--base-url", base_url, "--ignore", "diff.finish.*", "--ignore", "diff.value.*")) == 1
    assert "diff.finish.reason" not in {each["id"] for each in told()["checks"]}
    assert "chat.object" in {each["id"] for each in told()["findings"]}
    capsys.readouterr()
    words = complaint(capsys, replay("--select", "diff.finnish"), 2)
    assert words.startswith("--select: no rule is called 'diff.finnish'")


def test_a_baseline_may_list_differences(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("c.jsonl"), HELLO)
    Path("b.toml").write_text(
        '[[accepted]]\nid = "diff.finish.reason"\nreason = "known"\nlink = "https://x.example"\nexpires = 2999-01-01\n'
    )
    with serving(lambda _: (200, chat_body(choice("Hello there.", finish="length")))) as (_, base_url):
        code = run(replay("--base-url", base_url, "--select", "diff", "--baseline", "b.toml"))
    assert (code, capsys.readouterr().out.splitlines()[-1].startswith("conforms")) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--base-url", "http://127.0.0.1:9/v1"], 3, "http://127.0.0.1:9/v1 cannot be judged: cannot connect"),
        (["--resume"], 2, "nothing to resume: there is no journal .cozecheck/replay/journal.jsonl"),
        (["--map", "gpt-4o"], 2, "--map: 'gpt-4o': a mapping has the form gpt-4o=my-model"),
        (["--noise", "n.yaml"], 2, "--noise: n.yaml: cannot be read: No such file"),
        (["--secondary", "http://127.0.0.1:9/v1"], 2, "--secondary: a second original is for a live one only"),
        (["--against", "ftp://x"], 2, "--against: the base URL 'ftp://x' does not have the form"),
        (["nowhere.jsonl"], 2, "nowhere.jsonl: there is no such file or folder"),
    ],
    ids=lambda each: str(each)[:30],
)
def test_what_is_wrong_is_one_line(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(Path("c.jsonl"), HELLO)
    assert complaint(capsys, replay("--quiet", *arguments), code).startswith(words)


def test_nothing_to_compare_is_no_pass(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("c.jsonl"), recorded(asking(), error("slow down"), status=429).exchange)
    with serving(plain) as (_, base_url):
        assert run(replay("--base-url", base_url, "--select", "diff")) == 3
    assert capsys.readouterr().out.startswith("NO VERDICT")


def test_noise_is_learned_from_takes_and_written_for_review(capsys: pytest.CaptureFixture[str]) -> None:
    other = recorded(asking("Say hello."), chat_body(choice("Hello there.", finish="length"))).exchange
    write(Path("c.jsonl"), HELLO, other)
    with serving(plain) as (_, base_url):
        assert run(replay("--base-url", base_url, "--select", "diff", "--write-noise", "n.yaml")) == 0
        assert told()["replay"]["pairs"] == 1
        assert "/choices/*/finish_reason" in Path("n.yaml").read_text()
        assert run(replay("--base-url", base_url, "--select", "diff", "--no-learn")) == 1
        assert run(replay("--base-url", base_url, "--select", "diff", "--no-learn", "--noise", "n.yaml")) == 0
    capsys.readouterr()


def test_no_key_reaches_the_journal_or_a_report(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "key-0123456789-candidate"
    monkeypatch.setenv("OPENAI_API_KEY", key)
    write(Path("c.jsonl"), HELLO)
    with serving(lambda _: (200, chat_body(choice(f"Your key is {key}."), id=key, object=key))) as (_, base_url):
        assert run(replay("--base-url", base_url)) == 1
    written = [each.read_text() for each in (Path("r.json"), Path(".cozecheck/replay/journal.jsonl"))]
    assert not any(key in text for text in (*written, *capsys.readouterr()))


def test_a_run_that_was_killed_goes_on_where_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    """The last request is held until we kill: everything before is in the journal, or was under way."""
    count = 30
    write(
        Path("c.jsonl"),
        *(recorded(asking(f"Say {n}."), chat_body(choice("Hello there."))).exchange for n in range(count)),
    )
    reached, seen = threading.Event(), []

    def answer(asked: Asked) -> tuple[int, Any]:
        seen.append(asked.body["messages"][0]["content"])
        if len(seen) == 20:
            reached.set()
        return plain(asked)

    with serving(answer) as (_, base_url):
        arguments = replay("--base-url", base_url, "--concurrency", "2", "--select", "diff")
        process = subprocess.Popen(
            [sys.executable, "-m", "cozecheck", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        assert reached.wait(PATIENCE)
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)
        before = len(seen)
        assert run([*arguments, "--resume"]) == 0
    done_twice = len(seen) - count
    assert 0 <= done_twice <= 3
    assert len(seen) - before < count
    assert len(set(seen)) == count
    assert told()["replay"]["compared"] == count
    capsys.readouterr()


def test_a_journal_of_other_recordings_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    write(Path("c.jsonl"), HELLO)
    with serving(plain) as (_, base_url):
        assert run(replay("--base-url", base_url, "--select", "diff")) == 0
        write(Path("c.jsonl"), HELLO, HELLO)
        capsys.readouterr()
        words = complaint(capsys, replay("--base-url", base_url, "--select", "diff", "--resume", "-q"), 2)
    assert words.startswith(".cozecheck/replay/journal.jsonl: the journal is of other recordings")
