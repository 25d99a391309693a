"""Whom we cannot judge: exit code 3, one line, bounded time."""

import pytest

from cozecheck.cli import run
from reference_server.app import create_app
from tests.cli.commands import complaint, target
from tests.probe import hostile
from tests.probe.hostile import Behaviour, answer
from tests.reference import KEY, settings
from tests.servers import running

NOBODY = "http://127.0.0.1:9/v1"
TARGETS: dict[str, tuple[Behaviour, str]] = {
    "speaks HTML": (hostile.saying(answer(b"<html>", b"content-type: text/html")), "answers HTML, which is not"),
    "never answers": (hostile.hanging_after(b""), "no response within 0.5 s"),
    "never reads": (hostile.never_reading, "no response within 0.5 s"),
    "closes at once": (hostile.saying(), "the connection was closed before a response came"),
    "speaks TLS": (hostile.saying(b"\x15\x03\x01\x00\x02\x02\x28\r\n\r\n"), "is not valid HTTP"),
    "lets nobody in": (hostile.saying(answer(b"{}", status=b"401 No")), "refuses our key (401: no reason given)"),
}


@pytest.mark.parametrize("name", TARGETS)
def test_it_is_told_in_one_line(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    behaviour, words = TARGETS[name]
    with target(behaviour) as base_url:
        assert words in complaint(capsys, ["conformance", "--base-url", base_url, "--timeout", "0.5"], 3)


def test_nobody_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    words = complaint(capsys, ["conformance", "--base-url", NOBODY], 3)
    assert words.startswith(f"{NOBODY} cannot be judged: cannot connect to 127.0.0.1:9: Connection refused; is the")


def test_a_port_that_does_not_speak_tls(capsys: pytest.CaptureFixture[str]) -> None:
    with target(hostile.saying(answer(b"{}"))) as base_url:
        secure = base_url.replace("http:", "https:")
        assert "cannot be judged" in complaint(capsys, ["conformance", "--base-url", secure, "--timeout", "0.5"], 3)


def test_a_wrong_key_and_an_unknown_model(capsys: pytest.CaptureFixture[str]) -> None:
    with running(create_app(settings())) as base_url:
        wrong = ["conformance", "--base-url", base_url, "--api-key", "hunter2-hunter2"]
        words = complaint(capsys, wrong, 3)
        assert "refuses our key (401: " in words
        assert "hunter2" not in words
        unknown = ["conformance", "--base-url", base_url, "--api-key", KEY, "--model", "gpt-nothing"]
        assert "does not have the model 'gpt-nothing'" in complaint(capsys, unknown, 3)


def test_a_key_from_the_environment_lets_us_in(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with running(create_app(settings())) as base_url:
        assert run(["conformance", "--base-url", base_url, "--select", "auth", "--quiet"]) == 0
    assert capsys.readouterr().out.startswith("conforms: 5 pass")


def test_a_budget_that_reaches_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    words = complaint(capsys, ["conformance", "--base-url", NOBODY, "--max-tokens", "10"], 3)
    assert words == "the budget is too small: first contact alone may take 3 requests and 100 tokens"
