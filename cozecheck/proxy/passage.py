"""One exchange on its way: kept while it passes, within bounds."""

from dataclasses import dataclass, field

from cozecheck.exchange import Exchange, Failure, Headers, Read, Request, Response
from cozecheck.proxy.parsing import RequestMessage, ResponseMessage

MAX_READS = 100_000
"""Reads beyond these are counted into the last one."""


@dataclass(slots=True)
class Room:
    """Bytes that may still be held: of all bodies together."""

    left: int

    def take(self, size: int) -> bool:
        """Take *size* bytes, if there is room."""
        if size > self.left:
            return False
        self.left -= size
        return True

    def give(self, size: int) -> None:
        """Give *size* bytes back."""
        self.left += size


@dataclass(slots=True)
class Body:
    """A body as far as it is kept: whole, or its start, up to *limit* bytes."""

    room: Room
    limit: int
    kept: bytearray = field(default_factory=bytearray)
    size: int = 0

    def add(self, piece: bytes) -> None:
        """Take in the next piece, if it still fits behind all that came before."""
        fits = self.is_whole and self.size + len(piece) <= self.limit
        self.size += len(piece)
        if fits and self.room.take(len(piece)):
            self.kept += piece

    @property
    def is_whole(self) -> bool:
        """Whether all that came is kept."""
        return len(self.kept) == self.size

    def flaw(self, what: str) -> tuple[str, ...]:
        """Say what is not kept."""
        return () if self.is_whole else (f"{what}: {len(self.kept):,} of {self.size:,} bytes kept",)


class Passage:
    """A request and its response, as far as they have come; times are seconds from anywhere."""

    def __init__(self, request: RequestMessage, url: str, began: float, at: float, room: Room, limit: int) -> None:
        self.request = request
        self.response = ResponseMessage(request.method)
        self.at = at
        self.asked = Body(room, limit)
        self.answered = Body(room, limit)
        self._url = url
        self._sent = began
        self._reads: list[Read] = []

    def sent(self, now: float) -> None:
        """Note that more of the request is out, and keep its body."""
        self._sent = now
        self.asked.add(self.request.taken())

    def came(self, data: bytes, now: float) -> None:
        """Take in what upstream has sent; raises BadMessageError once."""
        piece = self.response.take(data)
        if not piece:
            return
        self.answered.add(piece)
        after = now - self._sent
        if len(self._reads) < MAX_READS:
            self._reads.append(Read(after, len(piece)))
        else:
            self._reads[-1] = Read(self._reads[-1].at, self._reads[-1].size + len(piece))

    def seconds(self, now: float) -> float:
        """The time since the request was out."""
        return now - self._sent

    @property
    def held(self) -> int:
        """Bytes of the room that are given back when the recording is written."""
        return len(self.asked.kept) + len(self.answered.kept)

    @property
    def flaws(self) -> tuple[str, ...]:
        """What was not kept."""
        return self.asked.flaw("the body of the request is cut") + self.answered.flaw("the body of the response is cut")

    @property
    def progress(self) -> str:
        """How far the response had come, in words."""
        if not self.response.headed:
            return f"before {'the head of the response was complete' if self.response.began else 'a response came'}"
        of = "" if self.response.declared is None else f" of {self.response.declared:,}"
        return f"after {self.answered.size:,}{of} bytes of the body"

    def exchange(self, failure: Failure | None, *, left: bool) -> Exchange:
        """Return what has passed; a response that is not kept whole is as one that was left."""
        whole = self.asked.is_whole
        return Exchange(
            Request(
                self.request.method,
                self._url,
                Headers(self.request.headers),
                bytes(self.asked.kept) if whole else b"",
                is_whole=whole,
            ),
            self._response() if self.response.headed else None,
            failure,
            left=left or not self.answered.is_whole,
        )

    def _response(self) -> Response:
        message = self.response
        reads = tuple(self._kept_reads()) if not self.answered.is_whole else tuple(self._reads)
        body = bytes(self.answered.kept)
        return Response(message.status, Headers(message.headers), body, message.http_version, reads)

    def _kept_reads(self) -> list[Read]:
        """The reads whose bytes are kept."""
        kept, left = [], len(self.answered.kept)
        for read in self._reads:
            if read.size > left:
                break
            kept.append(read)
            left -= read.size
        return kept
