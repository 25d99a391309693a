"""Which operation of the API a request is, by method and path."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from cozecheck.exchange import Request


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of the SDK, and the requests that reach it."""

    name: str
    method: str
    path: str


def _operation(name: str, method: str, path: str) -> Operation:
    return Operation(name, method, path)


OPERATIONS = (
    _operation("chat.completions.create", "POST", "/chat/completions"),
    _operation("chat.completions.list", "GET", "/chat/completions"),
    _operation("completions.create", "POST", "/completions"),
    _operation("embeddings.create", "POST", "/embeddings"),
    _operation("models.list", "GET", "/models"),
    _operation("models.retrieve", "GET", "/models/{}"),
    _operation("models.delete", "DELETE", "/models/{}"),
    _operation("responses.create", "POST", "/responses"),
    _operation("responses.retrieve", "GET", "/responses/{}"),
    _operation("responses.delete", "DELETE", "/responses/{}"),
)

RESOURCES = frozenset(
    {
        "assistants",
        "audio",
        "batches",
        "beta",
        "chat",
        "chatkit",
        "completions",
        "containers",
        "conversations",
        "embeddings",
        "engines",
        "evals",
        "files",
        "fine_tuning",
        "graders",
        "images",
        "models",
        "moderations",
        "organization",
        "projects",
        "realtime",
        "responses",
        "skills",
        "threads",
        "uploads",
        "vector_stores",
        "videos",
        "webhooks",
    }
)
"""First segments of the paths that api.openai.com serves under /v1."""

_AFTER_VERSION = re.compile(r"/v\d+(?:beta\d*)?(/.*)?$")


@lru_cache(1024)
def api_path(path: str) -> str | None:
    """Return the part of *path* after the version (`/v1`), or after the gateway's prefix; None if there is neither."""
    match = _AFTER_VERSION.search(path)
    if match:
        return (match.group(1) or "").rstrip("/")
    parts = PurePosixPath(path).parts
    known = [index for index, part in enumerate(parts) if part in RESOURCES]
    return "/" + "/".join(parts[known[0] :]) if known else None


def operation(request: Request) -> Operation | None:
    """Return the operation that *request* asks for, if it is one we know."""
    return _operation_at(request.method, request.path)


@lru_cache(1024)
def _operation_at(method: str, path: str) -> Operation | None:
    part = api_path(path)
    if part is None:
        return None
    return next((known for known in OPERATIONS if known.method == method and _matches(known.path, part)), None)


def is_known_path(path: str) -> bool:
    """Whether api.openai.com serves anything at or below this *path*'s first segment."""
    return path.strip("/").partition("/")[0] in RESOURCES


def methods(path: str) -> frozenset[str]:
    """Return the methods that this *path* (after the version) has, if it is one that we know whole."""
    return frozenset(known.method for known in OPERATIONS if known.path == path)


def _matches(pattern: str, path: str) -> bool:
    if not pattern.endswith("{}"):
        return path == pattern
    prefix = pattern.removesuffix("{}")
    return path.startswith(prefix) and len(path) > len(prefix) and "/input_items" not in path
