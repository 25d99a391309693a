"""Run by itself, in a network of nothing but this process: a server, and all that is asked of it, as JSON."""

import errno
import fcntl
import json
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
from openai import OpenAI

CONFIG = Path(__file__).parents[2] / "deploy" / "edge.yaml"
GET_FLAGS, SET_FLAGS, UP = 0x8913, 0x8914, 1
PATIENCE = 100.0


def main() -> None:
    """Serve the models of the folder that is named, and ask for everything once."""
    raise_loopback()
    command = [sys.executable, "-m", "reference_server", "--config", str(CONFIG), "--model-dir", sys.argv[1]]
    with subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            base_url = server.stdout.readline().split()[-1]
            wait_until_ready(base_url)
            with OpenAI(base_url=base_url, api_key="none", timeout=PATIENCE, max_retries=0) as client:
                found = {"cut_off": is_cut_off(), **asked(client)}
        finally:
            server.send_signal(signal.SIGTERM)
        found["exit"] = server.wait(PATIENCE)
    print(json.dumps(found))


def raise_loopback() -> None:
    """Give this network an address of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        flags = struct.unpack_from("H", fcntl.ioctl(any_socket, GET_FLAGS, struct.pack("16sH14x", b"lo", 0)), 16)[0]
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sH14x", b"lo", flags | UP))


def is_cut_off() -> bool:
    """Tell whether nobody else can be reached."""
    with socket.socket() as out:
        return out.connect_ex(("192.0.2.1", 80)) == errno.ENETUNREACH


def wait_until_ready(base_url: str) -> None:
    """Wait for the model."""
    deadline = time.monotonic() + PATIENCE
    while httpx2.get(base_url.replace("/v1", "/readyz")).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def asked(client: OpenAI) -> dict[str, Any]:
    """Ask once for everything that an edge may be asked for."""
    say: Any = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello."}], "max_tokens": 8}
    city: Any = {"type": "object", "properties": {"city": {"enum": ["Oslo"]}}, "required": ["city"]}
    parameters: Any = {**city, "additionalProperties": False}
    tool: Any = {"type": "function", "function": {"name": "get_time", "parameters": parameters}}
    whole = client.chat.completions.create(**say)
    stream = list(client.chat.completions.create(**say, stream=True))
    call = client.chat.completions.create(**{**say, "max_tokens": 64}, tools=[tool], tool_choice="required")
    vectors = client.embeddings.create(model="text-embedding-3-small", input=["a", "b"])
    kept = client.responses.create(model="gpt-4o-mini", input="Hello.", max_output_tokens=16)
    return {
        "models": [each.id for each in client.models.list()],
        "tokens": whole.usage.completion_tokens if whole.usage else 0,
        "chunks": len(stream),
        "call": json.loads(call.choices[0].message.tool_calls[0].function.arguments),
        "vectors": len(vectors.data),
        "kept": client.responses.retrieve(kept.id).id == kept.id,
    }


if __name__ == "__main__":
    main()
