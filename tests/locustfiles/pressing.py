"""Locust, run as a process on our locustfiles."""

import json
import os
import subprocess
import sys
from pathlib import Path
from socket import create_server
from typing import Any

from tests.locustfiles.odd import HOST

ROOT = Path(__file__).parents[2]
MIX = ROOT / "locustfiles" / "mix.py"
PATIENCE = 120.0
HEADERS = [["x-api-key", "deep-secret-77"]]


def processes(count: int) -> tuple[str, ...]:
    """Options for so many workers, who meet where nobody else does."""
    with create_server((HOST, 0)) as held:
        port = str(held.getsockname()[1])
    return ("--processes", str(count), "--master-bind-port", port, "--master-port", port)


def order(folder: Path, base_url: str, **changes: Any) -> Path:
    """Write an order for a short run of chat streams; *changes* replace its keys."""
    value = {
        "base_url": base_url,
        "model": "m",
        "embedding_model": "e",
        "key_variable": "PRESSING_KEY",
        "headers_variable": "PRESSING_HEADERS",
        "timeout": 10,
        "seed": 3,
        "shape": {"kind": "closed", "stages": [{"seconds": 2, "users": 4}]},
        "mix": {"chat_stream": 1},
        "outputs": {"tokens": 16},
        "sample": 0.0,
        "folder": str(folder),
    }
    path = folder / "order.json"
    path.write_text(json.dumps({**value, **changes}))
    return path


def started(order: Path, *more: str, locustfile: Path = MIX) -> "subprocess.Popen[str]":
    """Start locust on an order."""
    command = [sys.executable, "-m", "locust", "--headless", "--only-summary", "-f", str(locustfile), *more]
    paths = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
    environment = {**os.environ, "PYTHONPATH": paths, "COZECHECK_LOAD": str(order), "PRESSING_KEY": "sk-pressing-0123"}
    environment["PRESSING_HEADERS"] = json.dumps(HEADERS)
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def pressed(folder: Path, base_url: str, *more: str, **changes: Any) -> dict[str, Any]:
    """Run locust to its end; return what it left in result.json."""
    process = started(order(folder, base_url, **changes), *more)
    output, _ = process.communicate(timeout=PATIENCE)
    result = folder / "result.json"
    assert result.exists(), output
    value: dict[str, Any] = json.loads(result.read_text())
    return value
