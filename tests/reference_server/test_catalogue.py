"""Indexes of models, and the commands that keep them."""

import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from reference_server.catalogue.gguf import Head, NotGgufError, read_head
from reference_server.catalogue.index import Index, index_in, parse_index
from reference_server.cli import cli
from reference_server.settings import SettingsError
from tests.reference_server.ggufs import gguf, write

ENTRY = {
    "id": "small",
    "file": "small.gguf",
    "size": 7,
    "sha256": "0" * 64,
    "quantization": "Q8_0",
    "licence": "mit",
    "context_length": 2048,
}


def written(*entries: dict[str, Any]) -> bytes:
    """An index of these."""
    return yaml.safe_dump({"models": list(entries)}).encode()


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder's index."""
    with HTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/models.yaml"
        server.shutdown()
        thread.join()


def models(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["models", *map(str, words)])


def market(tmp_path: Path) -> Path:
    """A folder with one model that is entered."""
    folder = tmp_path / "market"
    folder.mkdir()
    write(folder / "small.gguf")
    added = models("add", "small.gguf", "--model-dir", folder, "--tag", "quick")
    assert (added.exit_code, added.output) == (0, "small: added\n")
    return folder


def shop(tmp_path: Path) -> Path:
    """A folder that models are taken into."""
    folder = tmp_path / "shop"
    folder.mkdir()
    return folder


def test_a_file_says_what_it_is(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gguf", tokenizer__tokens=["a"] * 5000, odd=[1] * 5000)
    size = path.stat().st_size
    assert read_head(path) == Head(size, "llama", "Q8_0", "mit", 2048, 2 * 4 * (8 + 8) * 2)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GGML" + gguf()[4:],
        gguf()[:60],
        b"GGUF" + struct.pack("<IQQ", 3, 0, 2**63),
        b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**62),
        gguf().replace(b"mit", b"\xff\xff\xff"),
        b"GGUF" + struct.pack("<I", 9),
    ],
)
def test_what_is_no_model_is_told_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.gguf"
    path.write_bytes(content)
    with pytest.raises(NotGgufError):
        read_head(path)


def test_a_file_that_is_entered_can_be_listed_and_verified(tmp_path: Path) -> None:
    folder = market(tmp_path)
    listed = models("list", folder)
    assert listed.output.split() == ["small", "0.0", "MB", "Q8_0", "2048", "mit", "quick"]
    assert models("verify", "--model-dir", folder).output == "small: ok\n"


def test_a_model_is_taken_over_http_and_from_a_file(tmp_path: Path) -> None:
    folder, other = market(tmp_path), shop(tmp_path)
    with served(folder) as address:
        assert models("list", address).output == models("list", folder / "models.yaml").output
        assert models("add", "small", "--from", address, "--model-dir", other).exit_code == 0
    assert (other / "small.gguf").read_bytes() == (folder / "small.gguf").read_bytes()
    assert index_in(other) == index_in(folder)
    assert models("add", "small", "--from", folder, "--model-dir", other).exit_code == 0
    assert index_in(other) == index_in(folder)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (gguf(general__license="gpl"), "another SHA-256"),
        (gguf() + b"\0", "has 335 bytes, the index says 334"),
        (gguf()[:-1], "has 333 bytes, the index says 334"),
    ],
)
def test_a_model_that_is_not_as_its_index_says_is_not_taken(tmp_path: Path, content: bytes, problem: str) -> None:
    folder, other = market(tmp_path), shop(tmp_path)
    assert (folder / "small.gguf").stat().st_size == 334
    (folder / "small.gguf").write_bytes(content)
    refused = models("add", "small", "--from", folder, "--model-dir", other)
    assert refused.exit_code == 2
    assert refused.output.startswith(f"coze-server: {folder / 'small.gguf'}: has")
    assert problem in refused.output
    assert refused.output.count("\n") == 1
    assert list(other.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"quantization": "F16"}, "is quantized as Q8_0, the index says F16"),
        ({"context_length": 4096}, "has a context of 2048 tokens, the index says 4096"),
        ({"licence": "apache-2.0"}, "is licensed as 'mit', the index says 'apache-2.0'"),
    ],
)
def test_an_index_that_says_otherwise_than_the_model_is_found_out(
    tmp_path: Path, change: dict[str, Any], problem: str
) -> None:
    folder = market(tmp_path)
    (entry,) = yaml.safe_load((folder / "models.yaml").read_text())["models"]
    (folder / "models.yaml").write_text(yaml.safe_dump({"models": [{**entry, **change}]}))
    verified = models("verify", "--model-dir", folder)
    assert (verified.exit_code, verified.output) == (1, f"small: {problem}\n")


def test_all_models_are_verified_though_one_is_gone(tmp_path: Path) -> None:
    folder = market(tmp_path)
    write(folder / "other.gguf")
    assert models("add", "other.gguf", "--model-dir", folder).exit_code == 0
    (folder / "small.gguf").unlink()
    verified = models("verify", "--model-dir", folder)
    assert verified.exit_code == 1
    assert verified.output.splitlines() == ["small: can't be read: No such file or directory", "other: ok"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\xff", "is not UTF-8"),
        (b"models: [", "is no YAML"),
        (b"a: &a [1]\nmodels: *a", "an alias"),
        (b"- 1", "Input should be a valid dictionary"),
        (b"models: [{id: a}]", "models[0].file: Field required"),
        (b"modules: []", "unknown key 'modules', did you mean 'models'?"),
        (
            yaml.safe_dump({"models": [{**ENTRY, "file": "../small.gguf"}]}).encode(),
            "models[0].file: String should match",
        ),
        (yaml.safe_dump({"models": [{**ENTRY, "sha256": "abc"}]}).encode(), "models[0].sha256: String should match"),
        (yaml.safe_dump({"models": [ENTRY, {**ENTRY}]}).encode(), "two models have the id 'small'"),
        (b"#" * (4 * 1024 * 1024 + 1), "is larger than"),
    ],
)
def test_an_index_that_can_not_be_used_is_told_in_a_line(content: bytes, problem: str) -> None:
    with pytest.raises(SettingsError) as told:
        parse_index(content, "models.yaml")
    assert str(told.value).startswith("models.yaml: ")
    assert problem in str(told.value)
    assert "\n" not in str(told.value)


def test_an_empty_index_has_no_models() -> None:
    assert parse_index(b"", "models.yaml") == Index()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("list", "/nowhere"), "/nowhere: can't be read: No such file or directory"),
        (("list", "http://127.0.0.1:9/models.yaml"), "http://127.0.0.1:9/models.yaml: can't be fetched: ConnectError"),
        (("add", "a.gguf", "--model-dir", "/nowhere"), "/nowhere/a.gguf: can't be read: No such file or directory"),
    ],
)
def test_what_is_not_there_is_told_in_a_line(words: tuple[str, ...], problem: str) -> None:
    told = models(*words)
    assert (told.exit_code, told.output) == (2, f"coze-server: {problem}\n")


def test_an_unknown_model_or_page_is_told_in_a_line(tmp_path: Path) -> None:
    folder, other = market(tmp_path), shop(tmp_path)
    told = models("add", "large", "--from", folder, "--model-dir", other)
    assert (told.exit_code, told.output) == (2, f"coze-server: {folder / 'models.yaml'}: has no model 'large'\n")
    with served(other) as address:
        assert models("list", address).output == f"coze-server: {address}: answers with status 404\n"
