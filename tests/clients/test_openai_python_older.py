"""Older releases of openai-python against the reference server: they complete the same tests, unmodified."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FOLDER = HERE.parent / "python"
RELEASES = ("1.109.1", "2.54.0")
SUITE = ("test_openai_python.py", "test_openai_python_refused.py")
INSTALLING = 120
RUNNING = 240


def folder_of(release: str) -> Path:
    """Where a release is installed: hidden from those who look for our own code."""
    return FOLDER / f".openai-{release}"


def missing(release: str) -> str:
    """Install what the lock file of a release names, once however many tests run side by side; say what went wrong."""
    locked, folder = FOLDER / f"openai-{release}.txt", folder_of(release)
    installed = folder / ".installed"
    with (FOLDER / ".installing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if installed.is_file() and installed.read_text() == locked.read_text():
            return ""
        shutil.rmtree(folder, ignore_errors=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        done = subprocess.run(
            [*command, "--require-hashes", "--target", str(folder), "-r", str(locked)],
            capture_output=True,
            text=True,
            timeout=INSTALLING,
            check=False,
        )
        if done.returncode == 0:
            installed.write_text(locked.read_text())
    why = "; ".join(done.stderr.strip().splitlines()[-2:])
    return (
        "" if done.returncode == 0 else f"openai-python {release} is not tested: pip can't install {locked.name}: {why}"
    )


def run(release: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python with a release in the place of the installed one."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "PYTHONPATH"))}
    paths = [str(folder_of(release)), *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.run(
        [sys.executable, *command],
        cwd=HERE.parents[1],
        env={**ours, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        timeout=RUNNING,
        check=False,
    )


@pytest.mark.parametrize("release", RELEASES)
def test_an_older_release_completes_the_same_tests(release: str) -> None:
    if why := missing(release):
        pytest.skip(why)
    assert run(release, "-c", "import openai; print(openai.__version__)").stdout.strip() == release
    done = run(release, "-m", "pytest", "-q", "-p", "no:cacheprovider", *[str(HERE / name) for name in SUITE])
    assert done.returncode == 0, done.stdout
