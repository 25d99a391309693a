"""Foreign recordings become cassettes that vcrpy plays and we read."""

from pathlib import Path

import pytest
import vcr

from cozecheck import importing, recordings
from cozecheck.cli import run
from cozecheck.errors import NoVerdictError, UsageError
from cozecheck.scrubbing import Scrubber
from tests.recordings.test_formats import FORMATS, SSE, cassette, interaction


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_becomes_a_cassette(kind: str, tmp_path: Path) -> None:
    source = tmp_path / "it.har.gz"
    source.write_text(FORMATS[kind]())
    done = importing.run([source], tmp_path / "out", Scrubber())
    assert (done.files, done.exchanges) == (1, 1)
    (before,), (after,) = recordings.read(source), recordings.read(tmp_path / "out" / "it.yaml")
    assert before.exchange.response is not None
    assert after.exchange.response is not None
    assert after.exchange.request.body == before.exchange.request.body
    assert after.exchange.response.content == before.exchange.response.content
    assert after.notes == {"source": "it.har.gz", "format": before.format}
    with vcr.use_cassette(str(tmp_path / "out" / "it.yaml"), record_mode=vcr.mode.NONE) as played:
        assert len(played) == 1


def test_sdk_model_and_time_are_kept(tmp_path: Path) -> None:
    said = interaction({"headers": {"User-Agent": ["OpenAI/Python 2.7.1"]}}, {"body": {"string": '{"model": "m-1"}'}})
    (tmp_path / "a.yaml").write_text(cassette(said | {"recorded_at": "2026-11-23T00:00:00Z"}))
    importing.run([tmp_path / "a.yaml"], tmp_path / "out", Scrubber())
    (after,) = recordings.read(tmp_path / "out" / "a.yaml")
    assert after.at == 1795392000.0
    assert after.notes == {"source": "a.yaml", "format": "vcrpy", "sdk": "OpenAI/Python 2.7.1", "model": "m-1"}
    assert after.provenance == "imported from a.yaml, as vcrpy wrote it"


def test_folders_keep_their_shape(tmp_path: Path) -> None:
    for name in ("in/a/x.yaml", "in/b/x.json"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(cassette(interaction()))
    importing.run([tmp_path / "in"], tmp_path / "out", Scrubber())
    assert sorted(str(each.relative_to(tmp_path)) for each in (tmp_path / "out").rglob("*.yaml")) == [
        "out/a/x.yaml",
        "out/b/x.yaml",
    ]


def test_two_files_never_become_one(tmp_path: Path) -> None:
    for name in ("x.yaml", "x.json"):
        (tmp_path / name).write_text(cassette(interaction()))
    with pytest.raises(UsageError, match="would both become"):
        importing.run([tmp_path / "x.yaml", tmp_path / "x.json"], tmp_path / "out", Scrubber())


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(cassette(interaction()))
    with pytest.raises(UsageError, match="is there already"):
        importing.run([tmp_path / "x.yaml"], tmp_path, Scrubber())
    assert importing.run([tmp_path / "x.yaml"], tmp_path, Scrubber(), force=True).exchanges == 1


def test_nothing_to_import_is_no_verdict(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("")
    with pytest.raises(NoVerdictError, match="nothing to import"):
        importing.run([tmp_path / "x.jsonl"], tmp_path / "out", Scrubber())


def test_the_command_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = interaction({"headers": {"Authorization": ["Bearer hush-hush-1"]}}, {"headers": SSE, "body": {"string": ""}})
    two = interaction({"body": '{"who": "Bluebird"}'})
    (tmp_path / "x.yaml").write_text(cassette(one, two))
    assert run(["import", str(tmp_path / "x.yaml"), "-o", str(tmp_path / "out"), "--scrub", "Bluebird"]) == 0
    assert capsys.readouterr().err.splitlines() == [
        f"2 exchanges in 1 cassettes below {tmp_path / 'out'}",
        "lost by the recorder: stream without a body, 1 times",
        "masked: key 1 times, known value 1 times",
    ]
    written = (tmp_path / "out" / "x.yaml").read_text()
    assert ("Bluebird" in written, "hush" in written) == (False, False)


def test_a_word_too_short_to_be_hidden_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.yaml").write_text(cassette(interaction()))
    assert run(["import", str(tmp_path / "x.yaml"), "-o", str(tmp_path / "out"), "--scrub", "ab"]) == 2
    assert "--scrub: a word of fewer than 3 characters" in capsys.readouterr().err
