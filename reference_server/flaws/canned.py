"""Replies a flaw makes up without the app."""

import time

from reference_server.flaws.messages import Json, Reply, Request, write_json


def refuse(
    status: int, message: str, *, kind: str = "invalid_request_error", param: str | None = None, code: str | None = None
) -> Reply:
    """A refusal in OpenAI's envelope; `kind` is the error's type."""
    error = {"message": message, "type": kind, "param": param, "code": code}
    headers = ((b"content-type", b"application/json"), (b"x-request-id", b"req_" + b"0" * 32))
    return Reply(status, headers, write_json({"error": error}))


SERVER_ERROR = refuse(500, "Unhandled exception in the template engine.", kind="server_error")


def accept(request: Request, reply: Reply) -> Reply:
    """The refusal `reply` turned into an answer to the chat request; of a stream it stays a refusal."""
    return reply if request.json.get("stream") is True else reply.with_json(_completion(request), status=200)


def model(identifier: str) -> Json:
    """One entry of the list of models."""
    return {"id": identifier, "object": "model", "created": 1721172741, "owned_by": "system"}


def _completion(request: Request) -> Json:
    message: Json = {"role": "assistant", "content": "Hello there.", "refusal": None, "annotations": []}
    return {
        "id": f"chatcmpl-{request.number:029d}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": request.json.get("model", "unnamed"),
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 8, "completion_tokens": 3, "total_tokens": 11},
        "service_tier": "default",
        "system_fingerprint": None,
    }
