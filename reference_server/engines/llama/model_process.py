"""A process that runs one model: llama.cpp's server on a socket."""

import json
import os
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xllamacpp

CHUNK = 8 * 1024 * 1024
HTTP_THREADS = 8
"""Beside one for each request at work: for those that have just left."""


def main() -> None:
    """Read what to load from the first line, load it, and run until the input ends, as it does with its parent.

    What becomes of it is told in lines of JSON: `read` is a share of the file, `socket` is where the model answers,
    `failed` is why it does not.
    """
    # Whatever a library prints is not for the parent.
    sys.stdout = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), 1)
    asked = json.loads(sys.stdin.readline())
    try:
        check(Path(asked["path"]), asked["sha256"])
        with TemporaryDirectory(prefix="coze-llama-") as folder:
            serve(asked, f"{folder}/llama.sock")
    except (OSError, ValueError, RuntimeError) as error:
        tell({"failed": str(error)})


def check(path: Path, expected: str) -> None:
    """Read a file through, so that loading finds it in memory; ValueError where it is not what it should be."""
    digest, done, size = sha256(), 0, path.stat().st_size
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if expected:
                digest.update(chunk)
            done += len(chunk)
            tell({"read": done / max(size, done)})
    if expected and digest.hexdigest() != expected:
        raise ValueError("the file's SHA-256 is not that of the index: it is damaged, or another one")


def serve(asked: Mapping[str, Any], socket: str) -> None:
    """Run until the input ends."""
    server = xllamacpp.Server(parameters(asked, socket))
    tell({"socket": socket})
    # From here on it could only tell of what people write.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    sys.stdin.read()
    del server


def parameters(asked: Mapping[str, Any], socket: str) -> Any:
    """Return what llama.cpp is told."""
    params = xllamacpp.CommonParams()
    params.model.path = asked["path"]
    # A name that ends so is a socket of this machine's own: no port is opened.
    params.hostnames = [socket]
    params.offline = True
    params.ui = False
    params.endpoint_slots = False
    params.verbosity = 0
    params.n_parallel = asked["slots"]
    params.n_ctx = asked["slots"] * asked["context"]
    params.n_threads_http = asked["slots"] + HTTP_THREADS
    for cores in (params.cpuparams, params.cpuparams_batch):
        cores.n_threads = asked["threads"]
    # A conversation that ends with the assistant's words gets an answer, as with OpenAI; nothing is put before it.
    params.prefill_assistant = False
    params.sse_ping_interval = -1
    if asked["embeds"]:
        params.embedding = True
        params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
        # An input goes through in one go. Apart, inputs that go through together get each other's vectors mixed in.
        params.n_batch = params.n_ubatch = asked["context"]
        params.kv_unified = True
    return params


def tell(said: Mapping[str, Any]) -> None:
    """Write a line."""
    print(json.dumps(said), flush=True)  # noqa: T201  (it is how processes talk)


if __name__ == "__main__":
    main()
