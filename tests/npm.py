"""Node.js projects of the tests, installed as their lock files say."""

import fcntl
import hashlib
import shutil
import subprocess
from functools import cache
from pathlib import Path

OLDEST = 20
INSTALLING = 240


@cache
def missing(project: Path) -> str:
    """Say in one line what is missing for the *project*, and how to get it; install what npm can."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return f"{'npm' if node else 'Node.js'} is missing; install Node.js {OLDEST}"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST:
        return f"this is Node.js {version}; install Node.js {OLDEST} or newer"
    return _install(npm, project)


def _install(npm: str, project: Path) -> str:
    """Install once, however many tests run side by side; say what went wrong."""
    stamp = project / "node_modules" / ".installed"
    lock = hashlib.sha256((project / "package-lock.json").read_bytes()).hexdigest()
    with (project / ".installing").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        if stamp.is_file() and stamp.read_text() == lock:
            return ""
        done = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund"],
            cwd=project,
            capture_output=True,
            text=True,
            timeout=INSTALLING,
            check=False,
        )
        if done.returncode == 0:
            stamp.write_text(lock)
            return ""
    why = "; ".join(done.stderr.strip().splitlines()[-3:])
    return f"run `npm ci` in {project.name}: {why}"
