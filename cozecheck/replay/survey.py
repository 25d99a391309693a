"""One reading of all recordings: which ids they name, give, show and change."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cozecheck.exchange import Exchange, Request
from cozecheck.recordings import Recording
from cozecheck.replay.ids import changed, given, named, required


@dataclass(frozen=True, slots=True)
class Found:
    """What a recording is about."""

    obstacle: str
    file: int
    answered: bool = False
    """Whether the original answered with 2xx."""
    named: frozenset[str] = frozenset()
    """Ids in the request."""
    required: frozenset[str] = frozenset()
    """Those without which it makes no sense."""
    changed: frozenset[str] = frozenset()
    """Those whose thing it changes."""
    shown: frozenset[str] = frozenset()
    """Ids of things in the answer to a question that changes nothing: they were there before."""


class Survey:
    """Takes in recording after recording; bodies are not kept."""

    def __init__(self) -> None:
        self.founds: list[Found] = []
        self.takes: dict[bytes, list[int]] = {}
        """The positions of answered requests that are alike."""
        self._made: dict[str, list[int]] = {}
        self._mentioned: dict[str, list[int]] = {}
        self._listed: dict[str, list[int]] = {}
        self._hash = hashlib.sha256()

    @property
    def fingerprint(self) -> str:
        """Of all requests, in their order."""
        return self._hash.hexdigest()

    def add(self, file: int, recording: Recording, obstacle: str) -> None:
        """Take in the next recording; *obstacle* says why it is not sent, empty if it is."""
        exchange, position = recording.exchange, len(self.founds)
        self._hash.update(_identity(exchange))
        answered = exchange.response is not None and exchange.response.ok
        if answered and exchange.request.method == "POST" and exchange.failure is None:
            self.takes.setdefault(_likeness(exchange.request), []).append(position)
        if obstacle:
            self.founds.append(Found(obstacle, file))
            return
        names = frozenset(named(exchange.request))
        looks = exchange.request.method == "GET"
        given_here: dict[str, bool] = {}
        elsewhere: set[str] = set()
        for (path, _), id in given(exchange.response).items():
            if id not in names:
                given_here[id] = given_here.get(id, False) or (not looks and path.endswith(("/id", "/call_id")))
                if not path.startswith("/data/"):
                    elsewhere.add(id)
        for id, is_made in given_here.items():
            shown = self._mentioned if id in elsewhere else self._listed
            (self._made if is_made else shown).setdefault(id, []).append(position)
        self.founds.append(
            Found(
                "",
                file,
                answered,
                names,
                frozenset(required(exchange.request)),
                frozenset(changed(exchange.request)),
                frozenset(given_here) if looks else frozenset(),
            )
        )

    def sources(self, ids: Iterable[str], position: int) -> Iterator[tuple[str, int]]:
        """Yield those of *ids* that some answer gives, each with the position of that answer."""
        for id in sorted(ids):
            giver = self._giver(id, position)
            if giver is not None:
                yield id, giver

    def _giver(self, id: str, position: int) -> int | None:
        """The answer that an id comes from: one that made it, else one that mentions it, else a list."""
        found = (self._nearest(kind.get(id, ()), position) for kind in (self._made, self._mentioned, self._listed))
        return next((each for each in found if each is not None), None)

    def _nearest(self, known: Iterable[int], position: int) -> int | None:
        """The last before in the same file, else the last before anywhere, else the first after."""
        others = [each for each in known if each != position]
        before = [each for each in others if each < position]
        beside = [each for each in before if self.founds[each].file == self.founds[position].file]
        return next(iter((*beside[-1:], *before[-1:], *others[:1])), None)


def _identity(exchange: Exchange) -> bytes:
    request = exchange.request
    words = f"{exchange.id}\0{request.method}\0{request.url}\0".encode("utf-8", "replace")
    return words + hashlib.sha256(request.body).digest()


def _likeness(request: Request) -> bytes:
    return hashlib.sha256(request.path.encode("utf-8", "replace") + b"\0" + request.body).digest()
