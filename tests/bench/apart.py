"""Others' programs, each in an environment of its own: nothing of ours depends on them."""

import subprocess
import sys
from pathlib import Path


def installed(name: str) -> Path | None:
    """Install what is pinned for a program, unless it is there; return its command, None where it can't be had."""
    home, pins = Path(f".venv-{name}"), Path(__file__).with_name(f"{name}.txt")
    done = home / ".ready"  # a copy of the pins that were installed
    command = home / "bin" / name
    if done.exists() and done.read_bytes() == pins.read_bytes():
        return command
    uv = [sys.executable, "-m", "uv"]
    into = ["--python", str(home / "bin" / "python"), "--require-hashes", "--quiet"]
    try:
        subprocess.run([*uv, "venv", "--clear", "--quiet", "--python", sys.executable, str(home)], check=True)
        subprocess.run([*uv, "pip", "install", *into, "-r", str(pins)], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"{name} is left out, it can't be installed: {error}", flush=True)
        return None
    done.write_bytes(pins.read_bytes())
    return command
