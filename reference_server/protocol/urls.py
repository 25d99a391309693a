"""URLs in a request, which an engine would fetch: passed on to listed hosts alone."""

import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Any

from reference_server.errors import Refusal

Steps = tuple[int | str, ...]

KEYS = frozenset({"audio_url", "file_url", "image_url", "server_url", "video_url"})
"""The keys of OpenAI's API, and of engines like it, under which a URL is fetched: a string, or an object with `url`."""
URL_FIELDS = KEYS | {"url"}
"""The same at the top of a request, where a form has them, too."""
SOURCES = frozenset(
    {"", "audio", "document", "file", "image", "input_audio", "input_file", "input_image", "source", "video"}
)
"""Keys of objects whose `url` is fetched; the request itself has none."""
URL_HOLDERS = KEYS | SOURCES
NOT_FETCHED = frozenset({"metadata", "parameters", "schema"})
URL = re.compile(r"(https?)://([^/]*)(/.*)?", re.IGNORECASE | re.ASCII)
AUTHORITY = re.compile(r"([a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?", re.ASCII)
PORTS = {"http": "80", "https": "443"}
LAST_NUMBER = re.compile(r"(\d+|0x[0-9a-f]*)")
"""A last label like this makes a host an IP address, whatever its notation."""


class UrlNotAllowed(Refusal):
    """A URL that is not passed on."""

    def __init__(self, param: str) -> None:
        """Name its place; what it says is not repeated."""
        message = f"Invalid '{param}': this server passes on no URLs of this host. Send the content as a data: URL."
        code = "invalid_image_url" if "image_url" in param else "invalid_url"
        super().__init__(400, message, code=code, param=param)


def refuse_urls(fields: Mapping[str, Any], body: bytes, hosts: Sequence[str]) -> None:
    """Refuse a request with a URL that may not be passed on; `hosts` are those that may."""
    # A key that says "url" says so in the body, unless it is spelled in escapes.
    if b"url" in body or b"\\u" in body:
        for url, steps in urls(fields):
            if not allowed(url, hosts):
                raise UrlNotAllowed(spelled(steps))


def urls(fields: Mapping[str, Any]) -> Iterator[tuple[str, Steps]]:
    """Yield each URL that an engine might fetch, and the steps to it."""
    waiting: list[tuple[Any, Steps, int | str]] = [(fields, (), "")]
    while waiting:
        value, steps, key = waiting.pop()
        is_list = isinstance(value, list)
        for name, inner in enumerate(value) if is_list else value.items():
            if isinstance(inner, dict | list):
                if name not in NOT_FETCHED:
                    waiting.append((inner, (*steps, name), key if is_list else name))
            elif isinstance(inner, str) and (name in KEYS or (name == "url" and key in URL_HOLDERS)):
                yield inner, (*steps, name)


def spelled(steps: Steps) -> str:
    """Spell a path as `messages[0].content`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")


def allowed(url: str, hosts: Sequence[str]) -> bool:
    """Tell whether a URL may be passed on: its content is in it, or its host is listed."""
    if url[:5].lower() == "data:":
        return True
    found = host_of(url)
    return found is not None and any(fits(found, host) for host in hosts)


def host_of(url: str) -> str | None:
    """Return `host`, or `host:port` of another port than the usual; None for what parsers may read differently.

    That is anything with a user, a backslash, a blank, an escape or a letter beyond ASCII before its path, and an
    address in another notation than the usual.
    """
    match = URL.fullmatch(url)
    if not match or re.search(r"[\x00-\x20\x7f\\]", url):
        return None
    authority = AUTHORITY.fullmatch(match[2].lower())
    if not authority:
        return None
    host, port = plain(authority[1]), authority[2]
    return host if not host or port in (None, PORTS[match[1].lower()]) else f"{host}:{port}"


def plain(host: str) -> str | None:
    """Return a host in its usual notation, without the dot of the root; None for one that is no good name."""
    try:
        if host.startswith("["):
            return f"[{IPv6Address(host[1:-1]).compressed}]"
        name = host.removesuffix(".")
        if LAST_NUMBER.fullmatch(name.rpartition(".")[2]):
            return str(IPv4Address(name))
    except AddressValueError:
        return None
    return name if all(name.split(".")) else None


def fits(found: str, host: str) -> bool:
    """Tell whether a host is a listed one, or below a listed `*.host`."""
    return host in ("*", found) or (host.startswith("*.") and found.endswith(host[1:]))
