"""Where requests go, and the head that all of them share."""

import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from urllib.parse import urlsplit

from cozecheck.errors import UsageError

Header = tuple[str, str]


@dataclass(frozen=True)
class Address:
    """A base URL taken apart; *path* without the slash at its end."""

    host: str
    port: int
    path: str
    is_tls: bool

    @classmethod
    def of(cls, base_url: str) -> "Address":
        """Take a URL apart; UsageError for what is none."""
        try:
            parts = urlsplit(base_url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise UsageError(f"base_url: {base_url!r} is not a URL: {error}") from None
        if parts.scheme not in ("http", "https") or not host:
            raise UsageError(f"base_url: {base_url!r} is not a URL; something like http://127.0.0.1:8080/v1 is")
        is_tls = parts.scheme == "https"
        return cls(host, port or (443 if is_tls else 80), parts.path.rstrip("/"), is_tls)

    @property
    def authority(self) -> str:
        """Host and port, as in a Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.is_tls else 80) else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The base URL, without what may be secret in it."""
        return f"http{'s' if self.is_tls else ''}://{self.authority}{self.path}"

    @cached_property
    def family(self) -> socket.AddressFamily | None:
        """Of a host in numbers; None for a name, which is to be looked up."""
        try:
            version = ip_address(self.host).version
        except ValueError:
            return None
        return socket.AF_INET6 if version == 6 else socket.AF_INET

    @cached_property
    def tls_context(self) -> ssl.SSLContext:
        """Trust what the system trusts, or SSL_CERT_FILE."""
        context = ssl.create_default_context()
        context.set_alpn_protocols(["http/1.1"])
        return context


def head(address: Address, method: str, path: str, headers: Sequence[Header]) -> bytes:
    """Return the head of a request up to its Content-Length's value."""
    lines = [
        f"{method} {address.path}{path} HTTP/1.1",
        f"host: {address.authority}",
        "accept-encoding: identity",  # whoever unpacks cannot tell when an event came
        *(f"{name}: {value}" for name, value in headers),
    ]
    if method == "POST":
        lines += ["content-type: application/json", "content-length: "]
    return "\r\n".join(lines).encode("latin-1")


def request(head: bytes, body: bytes) -> bytes:
    """Return a request as it goes over the wire."""
    length = b"%d" % len(body) if head.endswith(b"content-length: ") else b""
    return b"%b%b\r\n\r\n%b" % (head, length, body)
