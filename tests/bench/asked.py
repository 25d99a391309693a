"""What every server of the bench is asked."""

import json
from http.client import HTTPConnection
from typing import Any

HOST, PATH = "127.0.0.1", "/v1/chat/completions"
TOKENS = {False: 34, True: 32}
"""An ordinary short answer, and one that makes a stream of 34 events."""


def body(*, stream: bool = False, prompt: str = "Hello, how are you today?") -> bytes:
    """Return a small request."""
    messages = [{"role": "user", "content": prompt}]
    asked: dict[str, Any] = {"model": "gpt-4o-mini", "messages": messages, "max_tokens": TOKENS[stream]}
    return json.dumps({**asked, "stream": True} if stream else asked).encode()


def answered(port: int, *, stream: bool) -> bytes:
    """Return the body of one answer; ConnectionError or HTTPException from a server that is not there yet."""
    connection = HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request("POST", PATH, body(stream=stream), {"content-type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
    finally:
        connection.close()
    assert response.status == 200, (response.status, answer)
    return answer
