"""Which operation of the API a request is, by method and path."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
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
    _operation("moderations.create", "POST", "/moderations"),
    _operation("models.list", "GET", "/models"),
    _operation("models.retrieve", "GET", "/models/{}"),
    _operation("models.delete", "DELETE", "/models/{}"),
    _operation("responses.create", "POST", "/responses"),
    _operation("responses.retrieve", "GET", "/responses/{}"),
    _operation("responses.delete", "DELETE", "/responses/{}"),
    _operation("responses.input_items.list", "GET", "/responses/{}/input_items"),
    _operation("responses.input_tokens.count", "POST", "/responses/input_tokens"),
    _operation("responses.cancel", "POST", "/responses/{}/cancel"),
    _operation("conversations.create", "POST", "/conversations"),
    _operation("conversations.retrieve", "GET", "/conversations/{}"),
    _operation("conversations.update", "POST", "/conversations/{}"),
    _operation("conversations.delete", "DELETE", "/conversations/{}"),
    _operation("conversations.items.create", "POST", "/conversations/{}/items"),
    _operation("conversations.items.list", "GET", "/conversations/{}/items"),
    _operation("conversations.items.retrieve", "GET", "/conversations/{}/items/{}"),
    _operation("conversations.items.delete", "DELETE", "/conversations/{}/items/{}"),
    _operation("files.create", "POST", "/files"),
    _operation("files.list", "GET", "/files"),
    _operation("files.retrieve", "GET", "/files/{}"),
    _operation("files.delete", "DELETE", "/files/{}"),
    _operation("files.content", "GET", "/files/{}/content"),
    _operation("batches.create", "POST", "/batches"),
    _operation("batches.list", "GET", "/batches"),
    _operation("batches.retrieve", "GET", "/batches/{}"),
    _operation("batches.cancel", "POST", "/batches/{}/cancel"),
    _operation("images.generate", "POST", "/images/generations"),
    _operation("audio.speech.create", "POST", "/audio/speech"),
    _operation("audio.transcriptions.create", "POST", "/audio/transcriptions"),
    _operation("audio.translations.create", "POST", "/audio/translations"),
)

RAW = frozenset(("files.content", "audio.speech.create"))
"""Operations that are answered with a file."""

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
    return operation_at(request.method, request.path)


@lru_cache(1024)
def operation_at(method: str, path: str) -> Operation | None:
    """Return the operation that a request of *method* to *path* asks for, if it is one we know."""
    part = api_path(path)
    if part is None:
        return None
    of_method = (known for known in OPERATIONS if known.method == method)
    return next((known for known in of_method if _pattern(known.path).fullmatch(part)), None)


def is_known_path(path: str) -> bool:
    """Whether api.openai.com serves anything at or below this *path*'s first segment."""
    return path.strip("/").partition("/")[0] in RESOURCES


def methods(path: str) -> frozenset[str]:
    """Return the methods that this *path* (after the version) has, if it is one that we know whole."""
    return frozenset(known.method for known in OPERATIONS if known.path == path)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Compile a path in which `{}` stands for an id; the id of a model may hold slashes."""
    identifier = ".+" if template.startswith("/models/") else "[^/]+"
    return re.compile(re.escape(template).replace(re.escape("{}"), identifier))
