"""LiteLLM's proxy, in an environment of its own: nothing of ours depends on it."""

import subprocess
import sys
from pathlib import Path

HOME = Path(".venv-litellm")
COMMAND = HOME / "bin" / "litellm"
PINS = Path(__file__).with_name("litellm.txt")
DONE = HOME / ".ready"
"""A copy of the pins that were installed."""


def installed() -> Path | None:
    """Install what is pinned, unless it is there; return the command, None where it can't be had."""
    if DONE.exists() and DONE.read_bytes() == PINS.read_bytes():
        return COMMAND
    uv = [sys.executable, "-m", "uv"]
    into = ["--python", str(HOME / "bin" / "python"), "--require-hashes", "--quiet"]
    try:
        subprocess.run([*uv, "venv", "--clear", "--quiet", "--python", sys.executable, str(HOME)], check=True)
        subprocess.run([*uv, "pip", "install", *into, "-r", str(PINS)], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"server: LiteLLM is left out, it can't be installed: {error}", flush=True)
        return None
    DONE.write_bytes(PINS.read_bytes())
    return COMMAND
