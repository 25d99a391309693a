"""The bundled reference server, started as anyone's: by its command."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files

from cozecheck.errors import NoVerdictError, UsageError

MODULE = "reference_server"
KEY_VARIABLE = "COZECHECK_BUNDLED_KEY"
USAGE = 2
STOPPING = 5.0


@dataclass(frozen=True, slots=True)
class Bundled:
    """A running reference server."""

    base_url: str
    api_key: str
    model: str = "gpt-4o-mini"


@contextmanager
def running(flaw: str | None = None) -> Iterator[Bundled]:
    """Run the server on a free port for as long as the block lasts; *flaw* makes it wrong on purpose."""
    key = f"sk-bundled-{secrets.token_hex(16)}"
    with as_file(files("cozecheck") / "data" / "bundled.yaml") as config:
        command = [sys.executable, "-m", MODULE, "--port", "0", "--config", str(config)]
        process = subprocess.Popen(
            [*command, *(("--flaw", flaw) if flaw else ())],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            env={**os.environ, KEY_VARIABLE: key},
            # Ctrl-C is for us; we end the server when we are through.
            start_new_session=True,
        )
    try:
        yield Bundled(_address(process), key)
    finally:
        _end(process)


def _address(process: subprocess.Popen[str]) -> str:
    """Wait for the line that says where the server listens."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if line.startswith("coze-server: http"):
        return line.removeprefix("coze-server:").strip()
    _, complaint = process.communicate(timeout=STOPPING)
    words = complaint.strip().splitlines()
    reason = words[-1].removeprefix("coze-server: ") if words else f"it ended with {process.returncode}"
    if process.returncode == USAGE:
        raise UsageError(reason)
    raise NoVerdictError(f"the bundled server did not start: {reason}")


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=STOPPING)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def flaws() -> str:
    """Return the flaws of the bundled server as JSON: name, summary, and the checks each fails."""
    command = [sys.executable, "-m", MODULE, "flaws", "--json"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
