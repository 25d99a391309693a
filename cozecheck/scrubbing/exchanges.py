"""An exchange without the secrets and the people in it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any, Final

from cozecheck.encoding import decode
from cozecheck.exchange import Exchange, Headers, Read, Request, Response
from cozecheck.scrubbing import streams
from cozecheck.scrubbing.finding import Finder
from cozecheck.scrubbing.packed import Packing
from cozecheck.scrubbing.searching import MAX_DEPTH, search
from cozecheck.scrubbing.unpacking import MAX_UNPACKED

# A request's id stays: it leads to an account for OpenAI's own people only, and tells two answers apart.
_SECRET_HEADER: Final = re.compile(
    r"(?i)^(?!x-ratelimit-)(?:.*(?:authorization|authenticate|cookie|api-?key|secret|passw|credential|signature"
    r"|auth-?token|access-?token|security-?token|session|account-id|client-ip|connecting-ip|real-ip).*"
    r"|(?:x-)?forwarded(?:-for)?|openai-organization|openai-project)$"
)
_HARMLESS: Final = re.compile(r"(?i)^\S+ realm=|^(?:bearer )?(?:<[A-Z_ ]+>|\[[A-Z_ ]+\])$")  # a challenge, a stand-in
_SECRET_QUERY: Final = re.compile(
    r"(?i)([?&][^=&]*(?:key|token|secret|sig|signature|passw|credential|auth)[^=&]*=)([^&#]+)"
)
_KEY_HEADER: Final = re.compile(r"(?i)^(?:proxy-)?authorization$|^.*api-?key$")
_SCHEME: Final = re.compile(r"(?i)^(?:bearer|basic|token)\s+")
_COVERED: Final = re.compile(r"(?:sk-)?[*\d]*(?:masked)?\*+\d*")
_USER: Final = re.compile(r"(?<=//)[^/@?#]+@")
_PACKED_HEADERS: Final = frozenset(("content-encoding", "content-length"))


class Scrubber:
    """Takes out keys, cookies, accounts, e-mail addresses, and the values that are *known*.

    Each mask is as long as what it hides, so that the arrival times of a stream stay true, and the same for the same
    secret, so that references do. Of what it does not know it finds what looks like it.
    """

    def __init__(self, known: Iterable[str] = (), words: Iterable[str] = ()) -> None:
        self._finder = Finder(known, words)

    @property
    def masked(self) -> Counter[str]:
        """How often it masked, by kind."""
        return self._finder.masked

    def scrub(self, exchange: Exchange) -> Exchange:
        """Return the exchange as it may be kept; compressed bodies are unpacked."""
        failure, response = exchange.failure, exchange.response
        for name, value in exchange.request.headers.lines:
            key = _SCHEME.sub("", value)
            # What is masked already is no key: its own mask would be the same again, and look like a leak.
            if _KEY_HEADER.match(name) and not _COVERED.fullmatch(key):
                self._finder.learn(key)
        return replace(
            exchange,
            request=self._request(exchange.request),
            response=self._response(response) if response else None,
            failure=replace(failure, detail=self.text(failure.detail)) if failure else None,
            # Unpacked, nothing shows any more that the recorder lost the end of it.
            left=exchange.left or bool(response and response.decoded.is_cut),
        )

    def value(self, value: Any) -> Any:
        """Return a JSON value with its texts scrubbed."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self.value(part) for key, part in value.items()}
        return [self.value(part) for part in value] if isinstance(value, list | tuple) else value

    def text(self, text: str) -> str:
        """Return a text scrubbed."""
        return self.raw(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def raw(self, data: bytes) -> bytes:
        """Return bytes scrubbed, and what is packed in them."""
        return Packing(self._finder).scrub(data)

    def leaks(self, data: bytes, depth: int = MAX_DEPTH) -> Iterator[str]:
        """Say what can still be read in bytes that should not be, and where, never itself; unpack *depth* times."""
        return search(data, self._finder, depth=depth)

    def _request(self, request: Request) -> Request:
        body = decode(request.body, request.headers.get("content-encoding"), MAX_UNPACKED)
        return replace(
            request,
            url=self._url(request.url),
            headers=self._headers(request.headers, unpacked=body.content != request.body),
            body=self._body(body.content if not body.fault else request.body),
        )

    def _response(self, response: Response) -> Response:
        decoded = response.decoded
        content = response.body if decoded.fault and not decoded.is_cut else decoded.content
        body = self._body(content)
        if response.is_stream:
            body = streams.scrub(body, self._finder)
        return replace(
            response,
            headers=self._headers(response.headers, unpacked=content != response.body or len(body) != len(content)),
            body=body,
            reads=_stretched(response.reads, len(body)),
        )

    def _body(self, body: bytes) -> bytes:
        """The parts of a form, and their heads, are looked at one by one: text beside bytes."""
        first, newline, _ = body.partition(b"\r\n")
        if not (newline and first.startswith(b"--") and len(first) < 200):
            return self.raw(body)
        return first.join(b"\r\n\r\n".join(map(self.raw, part.split(b"\r\n\r\n", 1))) for part in body.split(first))

    def _url(self, url: str) -> str:
        hide = self._finder.hide
        url = _USER.sub(lambda found: hide(found[0][:-1], "password") + "@", url)
        url = _SECRET_QUERY.sub(lambda found: found[1] + hide(found[2], "signature"), url)
        return self.text(url)

    def _headers(self, headers: Headers, *, unpacked: bool) -> Headers:
        return Headers(
            tuple(
                (name, self._header(name, value))
                for name, value in headers.lines
                if not (unpacked and name.lower() in _PACKED_HEADERS)
            )
        )

    def _header(self, name: str, value: str) -> str:
        if not _SECRET_HEADER.match(name) or _HARMLESS.match(value):
            return self.text(value)
        scheme = _SCHEME.match(value)
        kept = scheme[0] if scheme else ""
        secret = value[len(kept) :]
        masked = self.text(secret)
        # The same as where else it stands, so that a server that says it again is still found out.
        return kept + (masked if _COVERED.fullmatch(masked) else self._finder.hide(secret, "header"))


def _stretched(reads: tuple[Read, ...], size: int) -> tuple[Read, ...]:
    """Spread what was read over a body of another size, so that it still adds up."""
    total = sum(read.size for read in reads)
    if total in (0, size):
        return reads
    ends, seen = [0], 0
    for read in reads:
        seen += read.size
        ends.append(size * seen // total)
    return tuple(Read(read.at, end - begin) for read, (begin, end) in zip(reads, pairwise(ends), strict=True))
