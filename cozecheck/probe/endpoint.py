"""Where requests go: a Send becomes an HTTP request."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

import httpx2

from cozecheck import __version__
from cozecheck.errors import UsageError
from cozecheck.exchange import Headers, Request
from cozecheck.scenarios.sending import Send

WRONG_KEY: Final = "sk-cozecheck-wrong-key-0000000000000000"
MASK: Final = "***"
_KEY_HEADERS: Final = frozenset(("authorization", "api-key", "x-api-key"))
_FRAMING_HEADERS: Final = frozenset(("content-length", "transfer-encoding", "connection"))
_SECRET: Final = re.compile("auth|key|token|secret|cookie|password", re.IGNORECASE)
_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[\t\x20-\x7e]*")

Lines = Iterable[tuple[str, str]]


@dataclass(frozen=True)
class Endpoint:
    """The address of a target and how to be let in; raises `UsageError` for what cannot be sent."""

    base_url: str
    api_key: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    http2: bool = False

    def __post_init__(self) -> None:
        _check_url(self.base_url)
        for name, value in self.headers:
            _check_header(name, value)
        if self.api_key is not None and not re.fullmatch(r"[\x21-\x7e]*", self.api_key):
            raise UsageError("the API key holds a space, a line break or a character that no header can carry")

    @property
    def is_tls(self) -> bool:
        """Whether connections are encrypted."""
        return httpx2.URL(self.base_url).scheme == "https"

    @property
    def address(self) -> str:
        """Host and port, for people."""
        url = httpx2.URL(self.base_url)
        return f"{url.host}:{url.port or (443 if self.is_tls else 80)}"

    @property
    def masked(self) -> "Endpoint":
        """The same, with nothing in it that a report must not show."""
        headers = tuple((name, MASK if _SECRET.search(name) else value) for name, value in self.headers)
        return replace(self, api_key=self.api_key and MASK, headers=headers)

    def request(self, send: Send) -> httpx2.Request:
        """Build the HTTP request of *send*: all its headers, key included."""
        body = send.body
        headers = _merge(self._own_headers(send, body), send.headers)
        try:
            return httpx2.Request(send.method, self._url(send), headers=headers, content=body or None)
        except (httpx2.InvalidURL, ValueError) as error:
            raise UsageError(f"cannot make a request of {send.method} {send.path!r}: {error}") from error

    def record(self, send: Send) -> Request:
        """Return what goes into the Exchange of *send*: the same request, secrets masked."""
        request = self.masked.request(send)
        lines = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
        return Request(send.method, str(request.url), Headers(lines), request.content)

    def _url(self, send: Send) -> str:
        base = str(httpx2.URL(self.base_url).join("/")) if send.at_root else self.base_url
        return base.rstrip("/") + send.path

    def _own_headers(self, send: Send, body: bytes) -> list[tuple[str, str]]:
        given = [line for line in self.headers if send.key == "right" or line[0].lower() not in _KEY_HEADERS]
        content_type = [("content-type", "application/json")] if body else []
        return _merge(
            [
                # What a careful client sends; SDKs ask for JSON even when they expect a stream.
                ("accept", "application/json"),
                ("accept-encoding", "gzip, deflate"),
                *content_type,
                ("user-agent", f"cozecheck/{__version__}"),
                *self._authorization(send),
            ],
            given,
        )

    def _authorization(self, send: Send) -> list[tuple[str, str]]:
        value = {
            "right": f"Bearer {self.api_key}" if self.api_key else "",
            "wrong": f"Bearer {WRONG_KEY}",
            "malformed": f"Token {WRONG_KEY}",
            "none": "",
        }[send.key]
        return [("authorization", value)] if value else []


def _merge(lines: Lines, overrides: Lines) -> list[tuple[str, str]]:
    """Join two lists of header lines; one in *overrides* replaces its namesake."""
    merged = {name.lower(): (name, value) for name, value in lines}
    merged |= {name.lower(): (name, value) for name, value in overrides}
    return list(merged.values())


def _check_url(base_url: str) -> None:
    try:
        url = httpx2.URL(base_url)
    except httpx2.InvalidURL as error:
        raise UsageError(f"the base URL is not a URL: {error}") from error
    if url.userinfo:
        raise UsageError("the base URL holds a user name or password; give it with --api-key or --header")
    if url.scheme not in ("http", "https") or not url.host or (url.port or 0) > 65535:
        raise UsageError(f"the base URL {base_url!r} does not have the form http://host[:port]/path or https://…")
    if "?" in base_url or "#" in base_url:
        raise UsageError(f"the base URL {base_url!r} ends in a query or fragment, where paths must be appended")


def _check_header(name: str, value: str) -> None:
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is not a header name")
    if name.lower() in _FRAMING_HEADERS:
        raise UsageError(f"the header {name!r} follows from the request and cannot be set")
    if not _VALUE.fullmatch(value):
        raise UsageError(f"the value of the header {name!r} holds a character that no header can carry")
