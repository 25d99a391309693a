"""As much load as a server takes, by wrk."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.bench.asked import HOST, PATH, body

CONNECTIONS = 32
ASKING = """\
wrk.method, wrk.body = "POST", [[{body}]]
wrk.headers["content-type"] = "application/json"
"""
VARYING = """\
local number = 0
function request()
  number = number + 1
  return wrk.format(nil, nil, nil, (string.gsub(wrk.body, "today", number, 1)))
end
"""


@dataclass(frozen=True, slots=True)
class Served:
    """What a server managed: answers, and answers a second."""

    count: int
    rate: float


def flood(port: int, seconds: float, folder: Path, *, stream: bool = False, varied: bool = False) -> Served:
    """Ask over 32 connections without a pause; of `varied` prompts each is another. Any failure is an error."""
    script = folder / "asking.lua"
    script.write_text(ASKING.format(body=body(stream=stream).decode()) + (VARYING if varied else ""))
    load = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "--timeout", "30s", "-s", str(script)]
    done = subprocess.run([*load, f"http://{HOST}:{port}{PATH}"], check=True, capture_output=True, text=True)
    assert "Non-2xx" not in done.stdout, done.stdout
    return Served(int(found(r"(\d+) requests in", done.stdout)), float(found(r"Requests/sec:\s+([\d.]+)", done.stdout)))


def found(pattern: str, text: str) -> str:
    """Return a number that wrk printed."""
    match = re.search(pattern, text)
    assert match, text
    return match[1]
