import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from reference_server.logs import RequestLog, log_translation
from reference_server.logs.lines import JsonLines, TextLines
from reference_server.logs.spool import Spool
from reference_server.logs.translation import shape
from tests.reference_server.asking import chat
from tests.reference_server.observing import observed, streamed
from tests.reference_server.test_cli import started

SECRET = "xylophone"
KEY = "sk-proj-0123456789-abcdef"
OWN = logging.getLogger("reference_server")


@pytest.fixture
def lines() -> Iterator[Any]:
    """What is logged, as it is read; all levels."""
    stream = io.StringIO()
    spool = Spool(stream)
    spool.setFormatter(JsonLines())
    root, level, own = logging.getLogger(), logging.getLogger().level, OWN.level
    root.addHandler(spool)
    root.setLevel(logging.DEBUG)
    OWN.setLevel(logging.DEBUG)

    def read() -> list[dict[str, Any]]:
        spool.flush()
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    yield read
    root.removeHandler(spool)
    root.setLevel(level)
    OWN.setLevel(own)


def formatted(form: logging.Formatter, message: str, *values: object, name: str = "reference_server.x") -> str:
    return form.format(logging.LogRecord(name, logging.INFO, "x.py", 1, message, values, None))


def test_a_request_is_a_line(lines: Any) -> None:
    RequestLog(10).note(observed(model="m" * 1000))
    (line,) = lines()
    assert (line["level"], line["message"], line["request_id"]) == ("info", "request", "req_1")
    assert (line["operation"], line["engine"], line["status"], line["attempts"]) == (
        "/chat/completions",
        "base",
        200,
        1,
    )
    assert (line["tokens_in"], line["tokens_out"], len(line["model"])) == (7, 5, 65)
    assert line["ms"] == {"read": 1.0, "route": 1.0, "first_byte": 1400.0, "total": 1500.0}
    assert line["time"].endswith("Z")
    assert "error" not in line


@pytest.mark.parametrize(
    ("slow", "level"),
    [(observed(ended=20.0), "warning"), (streamed(ended=90.0), "info"), (streamed(first_token=20.0), "warning")],
)
def test_a_slow_request_is_a_warning(lines: Any, slow: Any, level: str) -> None:
    RequestLog(10).note(slow)
    assert [line["level"] for line in lines()] == [level]


def test_what_is_not_the_api_is_for_debugging(lines: Any) -> None:
    RequestLog(10).note(observed(operation="", path="/healthz"))
    assert [(line["level"], line["operation"]) for line in lines()] == [("debug", "/healthz")]


def test_text_is_one_line_too() -> None:
    line = formatted(TextLines(), "a\nb")
    assert line.endswith("INFO    a b")


@pytest.mark.parametrize("said", [KEY, f"Bearer {KEY}", "Authorization: Bearer 0123456789cdef"])
def test_what_looks_like_a_key_is_its_last_four_characters(said: str) -> None:
    for form in (JsonLines(), TextLines()):
        line = formatted(form, "%s", said)
        assert "0123456789" not in line
        assert "…cdef" in line


TALE = {"a long tale": SECRET}
CONTENT: list[Any] = [
    chat(SECRET),
    chat([{"type": "text", "text": SECRET}, {"type": "image_url", "image_url": {"url": SECRET}}]),
    chat(
        tools=[
            {"type": "function", "function": {"name": SECRET, "description": SECRET, "parameters": {SECRET: SECRET}}}
        ]
    ),
    chat(metadata={SECRET: SECRET}, user=SECRET, logit_bias={SECRET: 1}, stop=[SECRET], **{SECRET: SECRET}),
    chat(
        response_format={"type": "json_schema", "json_schema": {"name": SECRET, "schema": {SECRET: {"enum": [SECRET]}}}}
    ),
    {"model": "m", "input": SECRET, "instructions": SECRET, "reasoning": {"summary": [SECRET]}},
    {"model": "m", "input": [{"role": "user", "content": SECRET, "tool_calls": [{"function": {"arguments": SECRET}}]}]},
    {"model": f"a {SECRET}", "prompt": [SECRET], "suffix": SECRET, "seed": SECRET, "temperature": [SECRET]},
    {"messages": {"messages": {"messages": {"content": {"content": {"content": {"content": {"content": SECRET}}}}}}}},
    [SECRET, SECRET.encode(), bytearray(SECRET.encode()), {SECRET}, TALE],
    observed(request_id=SECRET, error=SECRET),
]


@pytest.mark.parametrize("asked", CONTENT)
def test_both_sides_are_shown_without_their_content(lines: Any, asked: Any) -> None:
    log_translation("req_1", asked, "base", asked)
    (line,) = lines()
    assert SECRET not in json.dumps(line)
    assert (line["level"], line["engine"]) == ("debug", "base")


def test_parameters_are_shown() -> None:
    assert shape(chat("Hello", temperature=0.5, stream=True, seed=7, response_format={"type": "json_object"})) == {
        "model": "gpt-4o-mini",
        "messages": [{"role": "user", "content": "(5 characters)"}],
        "temperature": 0.5,
        "stream": True,
        "seed": 7,
        "response_format": {"type": "json_object"},
    }


def test_tokens_and_vectors_are_content() -> None:
    assert shape({"input": [9906, 1917], "prompt": 9906}) == {"input": "(2 numbers)", "prompt": "int"}


def failing() -> None:
    try:
        json.loads(SECRET)
    except ValueError as error:
        raise KeyError(f"about {SECRET}") from error


@pytest.mark.parametrize("name", ["reference_server.x", "asyncio", "a.library"])
def test_an_exception_is_told_by_its_kind_and_place(lines: Any, name: str) -> None:
    try:
        failing()
    except KeyError:
        logging.getLogger(name).exception("it failed")
    (line,) = lines()
    assert SECRET not in json.dumps(line)
    first, second = line["failure"]
    assert first.startswith("KeyError at ")
    assert second.startswith("JSONDecodeError at ")
    assert "test_logs.py:" in first


@pytest.mark.parametrize(
    "say",
    [
        lambda log: log.warning(f"it said {SECRET}"),
        lambda log: log.warning("it said %s", SECRET),
        lambda log: log.error(ValueError(SECRET)),
        lambda log: log.debug("%(a)s", {"a": SECRET}),
    ],
)
def test_what_libraries_say_is_withheld(lines: Any, say: Any) -> None:
    say(logging.getLogger("a.library"))
    (line,) = lines()
    assert SECRET not in json.dumps(line)
    assert line["logger"] == "a.library"


def test_a_line_that_can_not_be_made_is_told_without_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    spool = Spool(stream)
    spool.handle(logging.LogRecord("reference_server", logging.INFO, "x.py", 1, "wrong %d", (SECRET,), None))
    spool.flush()
    assert json.loads(stream.getvalue())["message"] == "a line could not be written"
    assert capsys.readouterr().err == ""


def test_a_reader_that_stalls_stalls_nobody() -> None:
    code = """
import logging, sys
from reference_server.logs import configure
configure("info", "json")
for number in range(20000):
    logging.getLogger("reference_server").info("x" * 100)
print("done", flush=True)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"done\n"
        process.communicate()


def test_a_reader_that_stalls_holds_up_no_end() -> None:
    code = """
import logging
from reference_server.logs import configure
configure("info", "json")
for number in range(3000):
    logging.getLogger("reference_server").info("x" * 100)
"""
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) as process:
        assert process.wait(30) == 0


def test_what_nobody_catches_is_logged_without_its_message() -> None:
    code = f"""
import threading, warnings
from reference_server.logs import configure
configure("info", "json")
def fail(): raise ValueError("{SECRET}")
thread = threading.Thread(target=fail); thread.start(); thread.join()
warnings.warn("{SECRET}")
class Gone:
    def __del__(self): fail()
Gone()
fail()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["message"] for line in lines] == ["failed", "(withheld)", "failed", "failed"]
    assert SECRET not in done.stderr


def test_a_child_does_not_write_what_its_parent_writes() -> None:
    code = """
import logging, os
from reference_server.logs import configure
configure("info", "json")
log = logging.getLogger("reference_server")
log.info("parent")
if child := os.fork():
    os.waitpid(child, 0)
else:
    log.info("child")
    logging.shutdown()
    os._exit(0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert sorted(json.loads(line)["message"] for line in done.stderr.splitlines()) == ["child", "parent"]


@pytest.mark.parametrize("level", ["debug", "info", "error"])
def test_a_server_logs_neither_keys_nor_content(tmp_path: Any, level: str) -> None:
    engine = {"name": "base", "type": "openai", "base_url": "http://127.0.0.1:9/v1", "api_key_env": "ENGINE_KEY"}
    here = {"name": "here", "type": "synthetic"}
    routes = [{"pattern": "gpt-.*", "engine": "here"}, {"pattern": "away", "engine": "base"}]
    config = tmp_path / "a.yaml"
    config.write_text(json.dumps({"engines": [engine, here], "routes": routes, "log_level": level}))
    with started("--config", str(config), "--workers", "1", ENGINE_KEY=f"sk-{SECRET}") as (process, base):
        headers = {"authorization": f"Bearer {KEY}{SECRET}"}
        for asked in (chat(SECRET), chat(SECRET, stream=True), chat(SECRET, model="away"), chat(SECRET, model="x")):
            httpx2.post(f"{base}/chat/completions", json=asked, headers=headers, timeout=30)
        broken = f'{{"messages": "{SECRET}'.encode()
        httpx2.post(f"{base}/chat/completions", content=broken, headers=headers)
        httpx2.get(base.replace("/v1", "/healthz"))
        process.terminate()
        assert process.stderr
        logged = process.stderr.read()
    assert SECRET not in logged
    assert KEY[-10:] not in logged
    lines = [json.loads(line) for line in logged.splitlines()]
    assert len([line for line in lines if (line["level"], line["message"]) == ("info", "request")]) == (
        0 if level == "error" else 5
    )


def test_workers_are_shown_together() -> None:
    with started("--workers", "2") as (_, base):
        metrics = base.replace("/v1", "/metrics")
        for _ in range(40):
            httpx2.post(f"{base}/chat/completions", json=chat("Say: hi"))
        seen = {
            line
            for _ in range(20)
            for line in httpx2.get(metrics).text.splitlines()
            if line.startswith("coze_adapter_request_success_total")
        }
    assert seen == {'coze_adapter_request_success_total{finished_reason="stop"} 40.0'}
