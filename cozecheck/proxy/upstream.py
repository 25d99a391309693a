"""Where requests go on to: the address, and their heads rewritten for it."""

import re
import ssl
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from cozecheck.errors import UsageError

VERSION: Final = "/v1"
_DROPPED: Final = frozenset((b"host", b"upgrade", b"http2-settings", b"proxy-connection"))


@dataclass(frozen=True, slots=True)
class Upstream:
    """A server: its host and port, whether by TLS, and the path before `/v1`."""

    host: str
    port: int
    is_tls: bool
    prefix: str = ""
    base: str = ""
    """What follows our own address in the base URL of the app."""

    @classmethod
    def at(cls, url: str) -> Self:
        """Read a base URL; raises UsageError for what is none."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise UsageError(f"{url!r} is not a URL: {error}") from None
        if parts.username or parts.password:
            raise UsageError("the URL holds a user name or password; the app sends its own key")
        if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s\x00-\x1f]", url):
            raise UsageError(f"{url!r} does not have the form http://host[:port]/path or https://…")
        if parts.query or parts.fragment:
            raise UsageError(f"{url!r} ends in a query or fragment, where paths must be appended")
        path = parts.path.rstrip("/")
        base = VERSION if path.endswith(VERSION) else ""
        is_tls = parts.scheme == "https"
        return cls(parts.hostname, port or (443 if is_tls else 80), is_tls, path.removesuffix(base), base)

    @property
    def authority(self) -> str:
        """Host and port as the Host header has them: the usual port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_tls else 80) else f"{host}:{self.port}"

    @property
    def address(self) -> str:
        """Host and port, for people."""
        return f"{self.host}:{self.port}"

    @property
    def context(self) -> ssl.SSLContext | None:
        """Trust as the system does; SSL_CERT_FILE and SSL_CERT_DIR name one's own authorities."""
        if not self.is_tls:
            return None
        context = ssl.create_default_context()
        context.set_alpn_protocols(["http/1.1"])
        return context

    def url(self, target: str) -> str:
        """Return the URL of a rewritten request."""
        return f"{'https' if self.is_tls else 'http'}://{self.authority}{target}"

    def rewrite(self, head: bytes) -> bytes:
        """Return the head of a request as it goes on: another Host and path, no upgrade, all else as it came."""
        first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
        method, _, rest = first.partition(b" ")
        kept = [line for line in lines if line.partition(b":")[0].strip().lower() not in _DROPPED]
        kept = [_without_upgrade(line) if line[:11].lower() == b"connection:" else line for line in kept]
        lines = [method + b" " + self.prefix.encode() + rest, b"Host: " + self.authority.encode(), *filter(None, kept)]
        return b"\r\n".join(lines) + b"\r\n\r\n"


def _without_upgrade(line: bytes) -> bytes:
    """Return a Connection header without what we drop; empty where nothing is left."""
    name, _, value = line.partition(b":")
    tokens = [token.strip() for token in value.split(b",")]
    kept = [token for token in tokens if token.lower() not in _DROPPED]
    return name + b": " + b", ".join(kept) if kept else b""
