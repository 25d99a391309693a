"""HTTP/1.1 messages followed while their bytes pass: where heads and bodies end."""

from typing import Final

import httptools

Lines = tuple[tuple[str, str], ...]

MAX_HEAD: Final = 64 * 1024


class BadMessageError(Exception):
    """What passes is no HTTP/1.1; its text says why."""


class _Message:
    """What httptools tells of one message."""

    def __init__(self) -> None:
        self._lines: list[tuple[str, str]] = []
        self._pieces: list[bytes] = []
        self.headed = False
        self.complete = False
        self.overrun = False
        """Another message has begun behind this one."""

    @property
    def headers(self) -> Lines:
        """The header lines, in the order and spelling in which they came."""
        return tuple(self._lines)

    def header(self, name: str) -> str | None:
        """Return the first value of *name* (lower case)."""
        return next((value for each, value in self._lines if each.lower() == name), None)

    def taken(self) -> bytes:
        """Return what has come of the body since this was last asked, without its chunk lines."""
        pieces, self._pieces = self._pieces, []
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def on_message_begin(self) -> None:
        self.overrun |= self.complete

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.headed:  # trailers come later, and are no headers
            self._lines.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        self.headed = True

    def on_body(self, piece: bytes) -> None:
        self._pieces.append(piece)

    def on_message_complete(self) -> None:
        self.complete = True


def _feed(parser: httptools.HttpRequestParser | httptools.HttpResponseParser, data: bytes) -> None:
    try:
        parser.feed_data(data)
    except httptools.HttpParserUpgrade:
        raise BadMessageError("the protocol was switched") from None
    except httptools.HttpParserError as error:
        raise BadMessageError(" ".join(str(error).split()) or type(error).__name__) from None


class RequestMessage(_Message):
    """A request: its *head* is there from the start, ended by its blank line."""

    def __init__(self, head: bytes) -> None:
        super().__init__()
        self.target = ""
        self._parser = httptools.HttpRequestParser(self)
        _feed(self._parser, head)
        if not self.headed:
            raise BadMessageError("the head of the request is not complete")
        self.method = self._parser.get_method().decode("latin-1")
        length = self.header("content-length")
        self._left = None if self.header("transfer-encoding") else int(length or 0)

    def on_url(self, piece: bytes) -> None:
        """Take in a part of the target."""
        self.target += piece.decode("latin-1")

    def take(self, data: bytes) -> tuple[bytes, bytes]:
        """Take in what belongs to the body; return that, and what lies behind it."""
        mine, rest = (data, b"") if self._left is None else (data[: self._left], data[self._left :])
        if self._left is not None:
            self._left -= len(mine)
        if mine:
            _feed(self._parser, mine)
        if self.overrun:
            raise BadMessageError("another request came before the answer to a chunked one")
        return mine, rest


class ResponseMessage(_Message):
    """A response to a request by *method*; interim ones (1xx) are passed over."""

    def __init__(self, method: str) -> None:
        super().__init__()
        self._bodiless = method == "HEAD"
        self._parser = httptools.HttpResponseParser(self)
        self.status = 0
        self.http_version = ""
        self.began = False

    def take(self, data: bytes) -> bytes:
        """Take in what has come; return what it adds to the body."""
        if not self.complete:
            _feed(self._parser, data)
        return self.taken()

    @property
    def ends_with_the_connection(self) -> bool:
        """Whether the end of the connection is that of the body."""
        framed = self.header("content-length") is not None or "chunked" in (self.header("transfer-encoding") or "")
        return self.headed and not framed

    @property
    def declared(self) -> int | None:
        """The Content-Length, where there is a sane one."""
        value = self.header("content-length") or ""
        return int(value) if value.isdecimal() and len(value) < 20 else None

    def on_message_begin(self) -> None:
        """Note the first byte."""
        super().on_message_begin()
        self.began = True

    def on_headers_complete(self) -> None:
        """Note the head, unless it is an interim one."""
        self.status = self._parser.get_status_code()
        if self.status < 200:
            self._lines.clear()
            return
        self.http_version = f"HTTP/{self._parser.get_http_version()}"
        self.headed = True
        self.complete = self._bodiless

    def on_message_complete(self) -> None:
        """Note the end, unless an interim response had it."""
        self.complete = self.headed
