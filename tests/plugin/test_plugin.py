"""The plugin, in the pytest of somebody else: a process of its own, an empty folder."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

FEW = ("--cozecheck", "--cozecheck-select", "auth")
CHAT = """
from openai import OpenAI

def test_chat(cozecheck_target, cozecheck_judge):
    client = cozecheck_judge(OpenAI(base_url=cozecheck_target.base_url, api_key=cozecheck_target.api_key))
    answer = client.chat.completions.create(
        model=cozecheck_target.model, messages=[{"role": "user", "content": "Hello"}], **OPTIONS
    )
    assert list(answer) if OPTIONS else answer.choices
    assert len(cozecheck_judge.exchanges) == 1
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    return tmp_path


def ran(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def counts(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout.rstrip().splitlines()[-1].strip("= ").partition(" in ")[0]


def test_without_our_options_nothing_is_added(folder: Path) -> None:
    (folder / "test_it.py").write_text("def test_it(): pass")
    assert counts(ran()) == "1 passed"


def test_checks_are_items(folder: Path) -> None:
    done = ran(*FEW, "-v")
    assert counts(done) == "5 passed"
    assert "cozecheck::auth.status PASSED" in done.stdout


def test_a_departure_fails_its_item_and_tells_why(folder: Path) -> None:
    done = ran("--cozecheck", "--cozecheck-select", "chat.stream", "--cozecheck-flaw", "stream-no-done")
    assert done.returncode == 1
    assert counts(done).startswith("1 failed, 28 passed, 1 skipped")
    assert "expected  [DONE], once, last" in done.stdout
    assert "Traceback" not in done.stdout


def test_a_warning_fails_where_it_is_strict(folder: Path) -> None:
    few = ("--cozecheck", "--cozecheck-select", "auth.code", "--cozecheck-flaw", "auth-no-code")
    assert counts(ran(*few)) == "1 passed"
    assert counts(ran(*few, "--cozecheck-strict")) == "1 failed"


def test_items_are_chosen_by_name(folder: Path) -> None:
    assert counts(ran(*FEW, "-k", "status")) == "1 passed, 4 deselected"


def test_the_first_failure_ends_it(folder: Path) -> None:
    flawed = ("--cozecheck", "--cozecheck-select", "errors", "--cozecheck-flaw", "error-flat")
    assert "stopping after 1 failures" in ran(*flawed, "-x").stdout


def test_the_last_failures_come_again(folder: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", *FEW]
    flawed = subprocess.run(
        [*command, "--cozecheck-flaw", "auth-403", "--cozecheck-strict"], capture_output=True, text=True, check=False
    )
    assert "1 failed" in flawed.stdout
    again = subprocess.run([*command, "--lf"], capture_output=True, text=True, check=False)
    assert "1 passed, 4 deselected" in again.stdout


def test_workers_share_one_run_and_leave_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(folder))
    done = ran(*FEW, "-n", "2")
    assert counts(done) == "5 passed"
    assert list(folder.glob("cozecheck-*")) == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--cozecheck-base-url", "nowhere"], "--cozecheck-base-url: "),
        (["--cozecheck-base-url", "http://127.0.0.1:9/v1", "--cozecheck-flaw", "x"], "--cozecheck-flaw is for"),
    ],
)
def test_a_wrong_target_is_told_before_anything_is_run(options: list[str], words: str, folder: Path) -> None:
    done = ran(*FEW, *options)
    assert done.returncode == 4
    assert f"ERROR: {words}" in done.stderr


def test_junit_names_every_check(folder: Path) -> None:
    ran(*FEW, "--junitxml", "r.xml")
    cases = {case.get("name") for case in ElementTree.parse("r.xml").iter("testcase")}
    assert "auth.status" in cases


def test_nobody_there_is_told_in_a_line(folder: Path) -> None:
    done = ran("--cozecheck", "--cozecheck-select", "auth.code", "--cozecheck-base-url", "http://127.0.0.1:9/v1")
    assert counts(done) == "1 failed"
    assert "no verdict: http://127.0.0.1:9/v1 cannot be judged" in done.stdout


def test_wrong_usage_is_told_in_a_line(folder: Path) -> None:
    done = ran("--cozecheck", "--cozecheck-select", "nothing")
    assert done.returncode == 4
    assert done.stderr.strip().startswith("ERROR: cozecheck: ")


@pytest.mark.parametrize("options", ["{}", "{'stream': True}"])
def test_traffic_of_a_test_is_judged(options: str, folder: Path) -> None:
    (folder / "test_it.py").write_text(f"OPTIONS = {options}\n{CHAT}")
    assert counts(ran()) == "1 passed"


@pytest.mark.parametrize(
    ("options", "flaw", "check"),
    [
        ("{}", "usage-sum-wrong", "usage.arithmetic"),
        ("{'stream': True}", "stream-no-done", "chat.stream.done-terminator"),
    ],
)
def test_a_test_fails_by_what_its_traffic_breaks(options: str, flaw: str, check: str, folder: Path) -> None:
    (folder / "test_it.py").write_text(f"OPTIONS = {options}\n{CHAT}")
    done = ran("--cozecheck-flaw", flaw)
    assert counts(done) == "1 failed"
    assert f"FAIL  {check}" in done.stdout


def test_async_and_plain_http_clients_are_judged(folder: Path) -> None:
    (folder / "test_it.py").write_text("""
import asyncio
import httpx2
from openai import AsyncOpenAI

def test_async(cozecheck_server, cozecheck_judge):
    async def ask():
        async with AsyncOpenAI(base_url=cozecheck_server.base_url, api_key=cozecheck_server.api_key) as client:
            cozecheck_judge(client)
            stream = await client.chat.completions.create(
                model="gpt-4o-mini", messages=[{"role": "user", "content": "Hello"}], stream=True
            )
            return [chunk async for chunk in stream]
    assert asyncio.run(ask())
    assert cozecheck_judge.report.judged > 10

def test_http(cozecheck_server, cozecheck_judge):
    headers = {"authorization": f"Bearer {cozecheck_server.api_key}"}
    with httpx2.Client(headers=headers) as client:
        cozecheck_judge(client).get(f"{cozecheck_server.base_url}/models")
    assert {each.request.method for each in cozecheck_judge.exchanges} == {"GET"}
""")
    done = ran()
    assert counts(done) == "2 passed", done.stdout


def test_an_answer_that_was_read_already_is_judged_too(folder: Path) -> None:
    (folder / "test_it.py").write_text("""
import httpx2

ANSWER = {
    "id": "chatcmpl-1", "object": "chat.completion", "created": 1790000000, "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "x"}, "finish_reason": "eos"}],
}

def test_mocked(cozecheck_judge):
    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, json=ANSWER))
    with httpx2.Client(transport=transport) as client:
        for _ in range(2):  # tapping twice notes once
            cozecheck_judge(client)
        client.post("http://x/v1/chat/completions", json={"model": "m", "messages": []})
    assert len(cozecheck_judge.exchanges) == 1
""")
    done = ran()
    assert counts(done) == "1 failed"
    assert "FAIL  chat.finish-reason-enum" in done.stdout


def test_a_judge_that_sees_nothing_fails_the_test(folder: Path) -> None:
    (folder / "test_it.py").write_text("""
import httpx2

def test_nothing(cozecheck_judge):
    cozecheck_judge(httpx2.Client()).close()
""")
    done = ran()
    assert counts(done) == "1 failed"
    assert "cozecheck_judge saw nothing" in done.stdout


def test_a_body_that_breaks_off_is_no_client_that_left(folder: Path) -> None:
    (folder / "test_it.py").write_text("""
import httpx2
import pytest

def pieces():
    yield b'{"id": '
    raise httpx2.RemoteProtocolError("gone")

def test_cut(cozecheck_judge):
    transport = httpx2.MockTransport(lambda request: httpx2.Response(200, content=pieces()))
    with httpx2.Client(transport=transport) as client, pytest.raises(httpx2.RemoteProtocolError):
        cozecheck_judge(client).post("http://x/v1/chat/completions", json={})
    (exchange,) = cozecheck_judge.exchanges
    assert (exchange.left, exchange.failure.kind) == (False, "cut")
    cozecheck_judge.exchanges.clear()
    cozecheck_judge.end()
    cozecheck_judge._untap.clear()
""")
    assert counts(ran()) == "1 passed"


def test_it_costs_other_peoples_runs_next_to_nothing() -> None:
    program = (
        "import sys; before = set(sys.modules); import cozecheck.pytest_plugin;"
        "print(sorted(name for name in set(sys.modules) - before if name.partition('.')[0] == 'cozecheck'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import pytest; {program}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "['cozecheck', 'cozecheck.pytest_plugin']"
