"""Batches as OpenAI shows them, and the lines of their output."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reference_server.formatting.json_text import to_bytes
from reference_server.protocol.openai_batches import BatchRequest, Fault

Json = dict[str, Any]
WINDOW = 86_400
TIMES = ("in_progress", "finalizing", "completed", "failed", "expired", "cancelling", "cancelled")
NO_TOKENS: Json = {
    "input_tokens": 0,
    "output_tokens": 0,
    "total_tokens": 0,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens_details": {"reasoning_tokens": 0},
}


def batch_object(identifier: str, asked: BatchRequest, created: int) -> Json:
    """Return a new batch; `created` in seconds since 1970."""
    return {
        "id": identifier,
        "object": "batch",
        "endpoint": asked.endpoint,
        "model": None,
        "errors": None,
        "input_file_id": asked.input_file_id,
        "completion_window": asked.completion_window,
        "status": "validating",
        "output_file_id": None,
        "error_file_id": None,
        "created_at": created,
        "expires_at": created + WINDOW,
        **{f"{time}_at": None for time in TIMES},
        "request_counts": {"total": 0, "completed": 0, "failed": 0},
        "usage": NO_TOKENS,
        "metadata": None if asked.metadata is None else dict(asked.metadata),
    }


def batch_errors(faults: Iterable[Fault]) -> Json:
    """Return what kept a batch from being run."""
    data = [
        {"code": fault.code, "message": fault.message, "param": fault.param, "line": fault.line} for fault in faults
    ]
    return {"object": "list", "data": data}


def result(identifier: str, custom_id: str, request_id: str, status: int, body: Any) -> Json:
    """Return the answer to one request of a batch."""
    response = {"status_code": status, "request_id": request_id, "body": body}
    return {"id": identifier, "custom_id": custom_id, "response": response, "error": None}


def is_success(line: Mapping[str, Any]) -> bool:
    """Whether a request of a batch was answered with 200."""
    return bool(line["response"]["status_code"] == 200)


def json_lines(values: Iterable[Any]) -> bytes:
    """Return JSON, a value a line."""
    return b"".join(to_bytes(value) + b"\n" for value in values)


def summed_usage(results: Sequence[Mapping[str, Any]]) -> Json:
    """Add up what the answers say they cost."""
    usages = [each["response"]["body"].get("usage") or {} for each in results if is_success(each)]
    read = sum(usage.get("prompt_tokens", usage.get("input_tokens", 0)) for usage in usages)
    written = sum(usage.get("completion_tokens", usage.get("output_tokens", 0)) for usage in usages)
    return {**NO_TOKENS, "input_tokens": read, "output_tokens": written, "total_tokens": read + written}
