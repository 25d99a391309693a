"""What is wrong with the command line costs one line and exit code 2."""

import gzip
from pathlib import Path

import pytest

from cozecheck.cli import run
from tests.cli.commands import complaint

LINES: dict[str, tuple[list[str], str]] = {
    "an unknown command": (["frobnicate"], "no such command 'frobnicate'; see `cozecheck --help`"),
    "a mistyped command": (["conformnace"], "no such command 'conformnace'; did you mean 'conformance'?"),
    "an unknown option": (["judge", "f", "--zzz"], "no such option: --zzz; see `cozecheck judge --help`"),
    "a mistyped option": (
        ["conformance", "--base-ulr", "x"],
        "no such option: --base-ulr (Possible options: --base-url",
    ),
    "an option without its value": (["conformance", "--model"], "option '--model' requires an argument"),
    "an argument too many": (["conformance", "x"], "got unexpected extra argument(s) (x); see"),
    "an argument too few": (["judge"], "missing argument 'FILE'; see `cozecheck judge --help`"),
    "no number": (["conformance", "--concurrency", "x"], "--concurrency: should be a valid integer"),
    "a number too small": (
        ["conformance", "--concurrency", "0"],
        "--concurrency: should be greater than or equal to 1",
    ),
    "a time without end": (["conformance", "--timeout", "inf"], "--timeout: should be less than or equal to 3600"),
    "no time": (["conformance", "--timeout", "nan"], "--timeout: should be"),
    "an empty base URL": (["conformance", "--base-url", ""], "--base-url: the base URL '' does not have the form http"),
    "no base URL": (["conformance", "--base-url", "x:1"], "--base-url: the base URL 'x:1' does not have the form"),
    "a key with a space": (
        ["conformance", "--base-url", "http://127.0.0.1:9", "--api-key", "a b"],
        "--api-key: the API key holds a space",
    ),
    "no header": (["conformance", "--header", "planted"], "--header: a header has the form 'Name: value'"),
    "a header that frames": (["conformance", "--header", "content-length: 1"], "--header: the header 'content-length'"),
    "an unknown check": (
        ["conformance", "--select", "chat.strem.chunked"],
        "--select: no check or family is called 'chat.strem.chunked'; did you mean 'chat.stream.chunked'?",
    ),
    "an unknown family": (["judge", "f", "--ignore", "chta"], "--ignore: no check or family is called 'chta'; did you"),
    "nothing left": (["judge", "f", "--select", "auth", "--ignore", "auth.*"], "no check is left"),
    "an unknown profile": (
        ["judge", "f", "--profile", "opnai-node"],
        "--profile: no profile is called 'opnai-node'; did you mean 'openai-node'?",
    ),
    "an unknown flaw": (
        ["conformance", "--flaw", "stream-no-rol"],
        "--flaw: no flaw is called 'stream-no-rol'; did you mean 'stream-no-role'?",
    ),
    "a flaw for somebody else": (
        ["conformance", "--flaw", "stream-no-role", "--base-url", "http://127.0.0.1:9"],
        "--flaw: flaws are for the bundled server only",
    ),
    "an unknown format": (["judge", "f", "--report", "xml=f"], "--report: xml=f: no format is called 'xml'; there are"),
    "a report without a path": (["judge", "f", "--report", "json="], "--report: json=: a path is missing after json="),
    "a folder for a report": (["judge", "f", "--report", "json=."], "--report: . is a directory: name a file"),
    "a report under a file": (["judge", "f", "--report", "json=file/f"], "--report: file/f cannot be written"),
    "stdout twice": (
        ["judge", "f", "--report", "json=-", "--report", "html=-"],
        "--report: only one report can go to stdout",
    ),
    "no such baseline": (["judge", "f", "--baseline", "b.toml"], "--baseline: b.toml: cannot be read: No such file"),
    "a folder for a baseline": (["judge", "f", "--baseline", "."], "--baseline: .: cannot be read: Is a directory"),
    "no such configuration": (["judge", "f", "--config", "c.toml"], "c.toml: cannot be read: No such file"),
    "no such check to explain": (["explain", "chat.objekt"], "no check is called 'chat.objekt'; did you mean"),
    "no such list": (["list", "chekcs"], "there is no list of 'chekcs'; did you mean 'checks'?"),
    "no such reference": (["fidelity", "--reference", "r.json"], "--reference: r.json: cannot be read: No such file"),
    "a folder for a reference": (["fidelity", "--reference", "."], "--reference: .: cannot be read: Is a directory"),
    "no reference": (["fidelity", "--reference", "file"], "--reference: file: not a cozecheck report: not JSON"),
    "no repeats": (["fidelity", "--repeats", "0"], "--repeats: should be greater than or equal to 1"),
    "an unknown operation": (["surface", "--operation", "filez"], "--operation: no operation is called 'filez'"),
    "a report of a surface that has no place": (["surface", "--report", "json=."], "--report: . is a directory"),
    "no such file": (["judge", "f"], "f: cannot be read: No such file or directory"),
    "a folder without any": (["judge", "."], ".: no recording in this folder"),
}


@pytest.mark.parametrize("what", LINES)
def test_it_is_one_line(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("file").touch()
    arguments, words = LINES[what]
    assert complaint(capsys, arguments, 2).startswith(words)


def test_what_stands_in_the_file_is_told_with_file_and_key(capsys: pytest.CaptureFixture[str]) -> None:
    for text, words in (
        ("concurrency = 0", "cozecheck.toml: concurrency: should be greater than or equal to 1"),
        ("profile = 'corr'", "cozecheck.toml: profile: no profile is called 'corr'; did you mean 'core'?"),
        ("select = ['chta']", "cozecheck.toml: select: no check or family is called 'chta'"),
        ("report = ['xml=f']", "cozecheck.toml: report: xml=f: no format is called 'xml'"),
        ("base-url = 'h'", "cozecheck.toml: base-url: the base URL 'h' does not have the form"),
        ("header = ['h']", "cozecheck.toml: header: a header has the form"),
        ("baseline = 'b.toml'", "cozecheck.toml: baseline: b.toml: cannot be read"),
        ("flaw = 'stream-no-rol'", "cozecheck.toml: flaw: no flaw is called 'stream-no-rol'"),
        ("modle = 'm'", "cozecheck.toml: unknown key 'modle'; did you mean 'model'?"),
    ):
        Path("cozecheck.toml").write_text(text)
        assert complaint(capsys, ["conformance"], 2).startswith(words)


def test_what_stands_in_the_environment_is_told_by_its_variable(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COZECHECK_CONCURRENCY", "0")
    assert complaint(capsys, ["conformance"], 2).startswith("COZECHECK_CONCURRENCY: should be greater")
    monkeypatch.setenv("COZECHECK_CONCURRENCY", "x")
    assert complaint(capsys, ["conformance"], 2) == "COZECHECK_CONCURRENCY: a whole number is expected, not 'x'"
    monkeypatch.setenv("COZECHECK_CONCURRENCY", "")
    monkeypatch.setenv("COZECHECK_PROFILE", "corr")
    assert complaint(capsys, ["conformance"], 2).startswith("COZECHECK_PROFILE: no profile is called 'corr'")


BASELINE = "reason = 'r'\nlink = 'https://h/1'\nexpires = 2099-01-01\n"


def test_a_baseline_that_names_no_check_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    for id, meant in (("chat.objekt", "; did you mean 'chat.object'?"), ("cht.*", "")):
        Path("b.toml").write_text(f"[[accepted]]\nid = '{id}'\n{BASELINE}")
        words = f"--baseline: b.toml: no check is called '{id}'{meant}"
        assert complaint(capsys, ["judge", "f", "--baseline", "b.toml"], 2).startswith(words)


def test_a_baseline_may_use_the_names_of_before(capsys: pytest.CaptureFixture[str]) -> None:
    Path("b.toml").write_text(f"[[accepted]]\nid = 'json.no-nan'\n{BASELINE}")
    assert complaint(capsys, ["judge", "f", "--baseline", "b.toml"], 2).startswith("f: cannot be read")


def test_a_recording_that_is_none_is_told_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("f").write_bytes(b'\n{"request": 1}\n')
    assert complaint(capsys, ["judge", "f"], 2) == "f:2: request: an object is expected"
    Path("f").write_bytes(bytes(range(128, 256)))
    assert complaint(capsys, ["judge", "f"], 2).startswith("f: not YAML (invalid leading UTF-8 octet")
    Path("f").write_bytes(gzip.compress(b'{"request"')[:-9])
    assert complaint(capsys, ["judge", "f"], 2).startswith("f: cannot be read: Compressed file ended")


def test_a_recording_of_nothing_is_no_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    Path("f").touch()
    assert complaint(capsys, ["judge", "f"], 3) == "nothing to judge: no exchange in f"


def test_no_command_at_all_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert capsys.readouterr().err.startswith("Usage: cozecheck [OPTIONS] COMMAND")


def test_what_we_did_wrong_is_one_line_too(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_kind: str) -> None:
        raise ValueError("two\nlines")

    monkeypatch.setattr("cozecheck.catalogue.rows", broken)
    assert complaint(capsys, ["list", "checks"], 3).startswith("internal error: ValueError: two lines (set COZECHECK")
