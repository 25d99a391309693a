"""`cozecheck record`: an app's traffic and a suite, on the command line."""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI

from cozecheck import bundled, recordings
from cozecheck.cli import run
from cozecheck.exchange import Exchange
from tests.cli.commands import complaint
from tests.cli.test_interruption import PATIENCE, SIGNALS
from tests.recordings.test_jsonlines import entry

ASKED: dict[str, Any] = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Say hello."}]}
PROXY = ["record", "--proxy", "-o", "out"]
SUITE = ["record", "--suite", "suite", "-o", "out"]


@pytest.fixture(scope="module")
def server() -> Iterator[bundled.Bundled]:
    with bundled.running() as server:
        yield server


@dataclass
class Proxy:
    """A proxy as a process of its own, and a client of it."""

    process: "subprocess.Popen[str]"
    client: OpenAI

    def ended(self, by: signal.Signals) -> tuple[int, str, str]:
        self.process.send_signal(by)
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err


@contextmanager
def proxying(server: bundled.Bundled, *options: str) -> Iterator[Proxy]:
    command = [sys.executable, "-m", "cozecheck", *PROXY, "--upstream", server.base_url, "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.match(
                r"cozecheck: (http://127\.0\.0\.1:\d+/v1) records what goes to ", process.stdout.readline()
            )
            assert found, process.communicate()
            with OpenAI(base_url=found[1], api_key=server.api_key, max_retries=0) as client:
                yield Proxy(process, client)
        finally:
            process.kill()


def kept(folder: str = "out") -> list[Exchange]:
    return [each.exchange for path in sorted(Path(folder).rglob("*.yaml")) for each in recordings.read(path)]


@SIGNALS
def test_an_apps_traffic_is_kept(server: bundled.Bundled, by: signal.Signals) -> None:
    with proxying(server) as proxy:
        proxy.client.chat.completions.create(**ASKED)
        list(proxy.client.chat.completions.create(**ASKED, stream=True))
        proxy.client.models.list()
        code, out, err = proxy.ended(by)
    assert (code, err) == (0, "")
    assert out.startswith("3 exchanges recorded into out, about ")
    names = [path.name for path in sorted(Path("out").iterdir())]
    create, listed = "chat.completions.create.yaml", "models.list.yaml"
    assert names == [f"0001-{create}", f"0002-{create}", f"0003-{listed}"]
    assert kept()[1].response is not None
    assert len(kept()[1].response.reads) > 3  # type: ignore[union-attr]
    assert server.api_key not in "".join(path.read_text("utf-8") for path in Path("out").iterdir())


def test_killed_halfway_it_leaves_all_that_was_finished() -> None:
    with bundled.running("endless-stream") as server, proxying(server) as proxy:
        for number in range(20):
            proxy.client.chat.completions.create(**ASKED, user=str(number))
        stream = iter(proxy.client.chat.completions.create(**ASKED, stream=True))
        next(stream)
        wait_for(20)
        proxy.process.kill()
    assert [each.request.json["user"] for each in kept()] == [str(number) for number in range(20)]


def wait_for(count: int) -> None:
    """Wait until so many files are there: they are written beside the traffic."""
    until = time.monotonic() + PATIENCE
    while len(list(Path("out").glob("*.yaml"))) < count and time.monotonic() < until:
        time.sleep(0.01)


def test_a_second_run_goes_on_where_the_first_ended(server: bundled.Bundled) -> None:
    for _ in range(2):
        with proxying(server) as proxy:
            proxy.client.models.list()
            assert proxy.ended(signal.SIGINT)[0] == 0
    assert [path.name for path in sorted(Path("out").iterdir())] == ["0001-models.list.yaml", "0002-models.list.yaml"]


def test_nothing_recorded_is_no_success(server: bundled.Bundled) -> None:
    with proxying(server) as proxy:
        code, out, err = proxy.ended(signal.SIGINT)
    assert (code, out) == (3, "")
    assert err.startswith("cozecheck: nothing was recorded into out: ")


@pytest.mark.parametrize(
    "cap",
    [
        ["--max-requests", "1"],
        ["--max-tokens", "1"],
        ["--max-cost", "0.0000001", "--price-in", "1", "--price-out", "2"],
    ],
    ids=lambda each: each[0],
)
def test_at_the_cap_the_proxy_says_so(server: bundled.Bundled, cap: list[str]) -> None:
    with proxying(server, *cap) as proxy:
        proxy.client.chat.completions.create(**ASKED)
        wait_for(1)
        with pytest.raises(openai.RateLimitError, match=rf"the cap of .* is reached.*\({cap[0]}\)"):
            proxy.client.chat.completions.create(**ASKED)
        assert proxy.ended(signal.SIGINT)[0] == 0
    assert len(kept()) == 1


def suite_of(*requests: dict[str, Any]) -> None:
    Path("suite/chat").mkdir(parents=True)
    Path("suite/README.md").write_text("# What this is\n")
    for number, request in enumerate(requests):
        Path(f"suite/chat/{number}.jsonl").write_text(json.dumps(entry(request=request)))


def chat(**more: Any) -> dict[str, Any]:
    return {
        "url": "https://api.openai.com/v1/chat/completions",
        "method": "POST",
        "body": json.dumps({**ASKED, **more}),
    }


def to(server: bundled.Bundled) -> list[str]:
    return ["--base-url", server.base_url, "--api-key", server.api_key]


def test_a_suite_is_sent_and_kept_under_its_names(server: bundled.Bundled, capsys: pytest.CaptureFixture[str]) -> None:
    suite_of(chat(), chat(stream=True))
    assert run([*SUITE, *to(server)]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("2 exchanges recorded into out, about ")
    assert err == ""
    assert [str(path) for path in sorted(Path("out").rglob("*.yaml"))] == [
        "out/chat/0.jsonl.yaml",
        "out/chat/1.jsonl.yaml",
    ]
    assert [bool(each.response and each.response.is_stream) for each in kept()] == [False, True]


def test_twice_keeps_both(server: bundled.Bundled) -> None:
    suite_of(chat())
    assert run([*SUITE, *to(server), "--twice"]) == 0
    one, two = kept()
    assert one.request.body == two.request.body
    assert one.response is not None
    assert two.response is not None
    assert one.response.json["id"] != two.response.json["id"]


def test_at_the_cap_a_suite_says_what_it_left_out(server: bundled.Bundled, capsys: pytest.CaptureFixture[str]) -> None:
    suite_of(chat(), chat(), chat())
    assert run([*SUITE, *to(server), "--max-requests", "1"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("1 exchange recorded into out, about ")
    assert err == "cozecheck: left out: 2 (1, 2): the cap of 1 requests is reached (--max-requests)\n"


def test_nobody_there(capsys: pytest.CaptureFixture[str]) -> None:
    suite_of(chat())
    nobody = ["--base-url", "http://127.0.0.1:9/v1", "--api-key", "k"]
    assert complaint(capsys, [*SUITE, *nobody], 3).startswith("nobody answers at http://127.0.0.1:9/v1: ")


LINES: dict[str, tuple[list[str], str]] = {
    "neither": (["record", "-o", "out"], "one of the two: --proxy, to record an app, or --suite"),
    "both": ([*PROXY, "--suite", "standard"], "one of the two"),
    "no folder": (["record", "--proxy"], "a folder for the cassettes is missing: -o DIR"),
    "no upstream": (PROXY, "the proxy needs to know where to send on to: --upstream URL"),
    "no URL": ([*PROXY, "--upstream", "api.openai.com"], "--upstream: 'api.openai.com' does not have the form http"),
    "a port that is none": (
        [*PROXY, "--upstream", "http://h:99999/v1"],
        "--upstream: 'http://h:99999/v1' is not a URL",
    ),
    "a key in the URL": (
        [*PROXY, "--upstream", "http://u:p@h/v1"],
        "--upstream: the URL holds a user name or password",
    ),
    "a file for a folder": (
        ["record", "--proxy", "-o", "file", "--upstream", "http://h/v1"],
        "--output: file cannot be written to: File exists",
    ),
    "twice by proxy": ([*PROXY, "--upstream", "http://h/v1", "--twice"], "--twice: a proxy does not send an app's"),
    "a cost without prices": (
        [*PROXY, "--max-cost", "1", "--price-in", "1"],
        "--max-cost: prices per million tokens are",
    ),
    "no such suite": ([*SUITE, "--api-key", "k"], "--suite: no suite is called 'suite'; there are standard, and"),
    "no key": (SUITE, "a key is missing: set OPENAI_API_KEY"),
}


@pytest.mark.parametrize("what", LINES)
def test_what_is_wrong_is_one_line(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("file").touch()
    arguments, words = LINES[what]
    assert complaint(capsys, arguments, 2).startswith(words)


def test_a_port_in_use_is_one_line(server: bundled.Bundled, capsys: pytest.CaptureFixture[str]) -> None:
    port = server.base_url.split(":")[2].split("/")[0]
    words = complaint(capsys, [*PROXY, "--upstream", "http://h/v1", "--port", port], 2)
    assert words == f"--port: cannot listen on 127.0.0.1:{port}: Address already in use; port 0 is a free one"
