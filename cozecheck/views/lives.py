"""Exchanges of one run read as the lives of objects: made, shown, listed, deleted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cozecheck.contract.operations import api_path
from cozecheck.exchange import ABSENT, Exchange, Request
from cozecheck.findings import Inconclusive, Problem, Unsupported, Verdict
from cozecheck.views.paging import Asked, after, misses
from cozecheck.views.requests import Asked as Answered
from cozecheck.views.support import is_missing, words
from cozecheck.views.wire import Answer, answer

SCENARIO = "properties.lives"
CONTROL = "control"
"""What a request is called that shows whether keys are held at all."""
KEPT, GONE, PAGED, FOREIGN = "kept", "gone", "paged", "foreign"
COLLECTIONS = ("/chat/completions", "/conversations", "/responses", "/batches", "/files")
LASTING = (
    *("id", "object", "type", "created_at", "created", "role", "content", "purpose", "filename", "bytes"),
    *("endpoint", "input_file_id", "metadata"),
)
"""What of an object stays as it is until it is changed."""
Found = tuple[str, Verdict]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes: a collection, an object of it, or what the object holds."""

    collection: str
    id: str = ""
    inner: str = ""

    @property
    def object(self) -> str:
        """The path of the object."""
        return f"{self.collection}/{self.id}"


def place(request: Request) -> Place | None:
    """Read the path of a request to what keeps objects."""
    path = api_path(request.path) or ""
    collection = next((each for each in COLLECTIONS if path == each or path.startswith(each + "/")), None)
    if collection is None:
        return None
    id, _, inner = path.removeprefix(collection).strip("/").partition("/")
    if collection == "/conversations" and inner.partition("/")[0] == "items":
        collection = f"{collection}/{id}/items"
        id, _, inner = inner.removeprefix("items").strip("/").partition("/")
    return Place(collection, id, inner)


@dataclass(slots=True)
class Life:
    """What was shown of an object last, and whether it is *gone*: None where nobody can tell."""

    shown: Json
    gone: bool | None = False
    seen: bool = False


@dataclass
class Lives:
    """The model: plain dicts of what should be there, in the order in which it was made."""

    objects: dict[str, Life] = field(default_factory=dict)
    """By path."""
    whole: dict[str, list[str]] = field(default_factory=dict)
    """The ids of lists that only we write to, oldest first, by path; what was shown whole, once."""
    holds_keys: bool | None = None

    def read(self, run: Mapping[str, Exchange]) -> tuple[Found, ...]:
        """Read a run in its order; return verdicts by what they are about: KEPT, GONE, PAGED or FOREIGN."""
        return tuple(each for exchange in run.values() for each in self._visit(exchange))

    def _visit(self, exchange: Exchange) -> Iterator[Found]:
        where, whole = place(exchange.request), answer(exchange)
        if is_strange(exchange):
            yield from self._strange(exchange, where, whole)
        elif where is None:
            return
        elif whole is None or _is_elsewhere(whole):
            self._lose_sight(where)
        elif where.id:
            yield from self._visit_object(where, whole)
        else:
            yield from self._visit_collection(where, whole)

    def _lose_sight(self, where: Place) -> None:
        """Note that nobody can tell any more what has become of an object, or of all in a collection."""
        for path, life in self.objects.items():
            if where.id and (path == where.object or path.startswith(f"{where.object}/")):
                life.gone = None
        if not where.id or where.object not in self.objects:
            self.whole.pop(where.collection, None)

    def _strange(self, exchange: Exchange, where: Place | None, whole: Answer | None) -> Iterator[Found]:
        taken = whole is not None and whole.response.ok
        if exchange.name.endswith(CONTROL):
            self.holds_keys = None if whole is None else not taken
        elif self.holds_keys is False:
            yield FOREIGN, Unsupported("any key will do")
        elif taken and whole is not None and self.holds_keys:
            yield FOREIGN, Problem("401", whole.response.status, at=exchange.name)
        if taken and where and exchange.request.method != "GET":
            self._lose_sight(where)

    def _visit_object(self, where: Place, whole: Answer) -> Iterator[Found]:
        life, method = self.objects.get(where.object), whole.exchange.request.method
        status, name = whole.response.status, whole.exchange.name
        if life is None or life.gone is None:
            return
        if life.gone:
            if status != 404 and not (method == "DELETE" and whole.response.ok):
                yield GONE, Problem("404", f"{status}: {words(whole.exchange)[:120]}", at=name)
            return
        if is_missing(whole.exchange):
            yield KEPT, self._missing(life, where, whole)
        elif whole.response.ok and where.inner and method == "GET":
            yield from self._inside(where, whole)
        elif whole.response.ok and not where.inner:
            yield from self._shown(life, where, whole)

    def _missing(self, life: Life, where: Place, whole: Answer) -> Verdict:
        """Judge a 404 for what should be there: if it never was seen, the target may not keep anything."""
        said = f"{whole.response.status}: {words(whole.exchange)[:120]}"
        reads = whole.exchange.request.method == "GET" and not where.inner
        if life.seen and whole.response.status == 404 and reads:
            return Problem("what is kept", said, at=whole.exchange.name)
        self._lose_sight(where)
        return Unsupported(f"{whole.exchange.request.method} {where.collection}/{{id}}: {said}")

    def _shown(self, life: Life, where: Place, whole: Answer) -> Iterator[Found]:
        request, value, name = whole.exchange.request, whole.response.json, whole.exchange.name
        if request.method == "DELETE":
            self._drop(where)
        elif not isinstance(value, dict):
            yield KEPT, Problem("an object", value, at=name)
        elif request.method == "GET":
            life.seen = True
            yield from _differing(life.shown, value, name)
        else:
            yield from _taken(request.json, value, name)
            life.shown = {**life.shown, **({"metadata": value["metadata"]} if "metadata" in value else {})}

    def _drop(self, where: Place) -> None:
        """Note that an object is gone, with all that is in it."""
        for path, life in self.objects.items():
            if path == where.object or path.startswith(f"{where.object}/"):
                life.gone = True
        if where.id in self.whole.get(where.collection, ()):
            self.whole[where.collection].remove(where.id)

    def _visit_collection(self, where: Place, whole: Answer) -> Iterator[Found]:
        owner = self.objects.get(where.collection.removesuffix("/items"))
        value, status, name = whole.response.json, whole.response.status, whole.exchange.name
        if owner and owner.gone:
            if status != 404:
                yield GONE, Problem("404", f"{status}: {words(whole.exchange)[:120]}", at=name)
        elif not whole.response.ok:
            kind = Unsupported if is_missing(whole.exchange) else Inconclusive
            yield (
                KEPT,
                kind(f"{whole.exchange.request.method} {where.collection}: {status}, {words(whole.exchange)[:120]}"),
            )
        elif whole.exchange.request.method == "POST":
            yield from self._make(where, whole)
        elif isinstance(value, dict):
            yield from self._list(where, whole)

    def _make(self, where: Place, whole: Answer) -> Iterator[Found]:
        value = whole.response.json
        for made in entries(value) or ([value] if isinstance(value, dict) else []):
            id = made.get("id")
            if isinstance(id, str) and id:
                self.objects[f"{where.collection}/{id}"] = Life(made)
                if where.collection.endswith("/items"):
                    self.whole.setdefault(where.collection, []).append(id)
        if isinstance(value, dict) and "metadata" in value:
            yield from _taken(whole.exchange.request.json, value, whole.exchange.name)

    def _list(self, where: Place, whole: Answer) -> Iterator[Found]:
        asked, page = Asked.of(query(whole.exchange.request), where.collection), entries(whole.response.json)
        more, name = whole.response.json.get("has_more", ABSENT), whole.exchange.name
        ids = [each.get("id") for each in page]
        for id in ids:
            life = self.objects.get(f"{where.collection}/{id}")
            if life and life.gone:
                yield GONE, Problem("no list with it", id, at=name)
        if where.collection in self.whole:
            yield from _paged(misses(ids, after(self.whole[where.collection], asked), more, asked), name)
            return
        ours = {
            path.rpartition("/")[2]: life.shown
            for path, life in self.objects.items()
            if path.rpartition("/")[0] == where.collection and life.gone is False and life.seen
        }
        yield from _paged(asked.faults(page, more, ours), name)

    def _inside(self, where: Place, whole: Answer) -> Iterator[Found]:
        """Judge a list that never changes: what it holds is known once it was shown whole."""
        path, value = f"{where.object}/{where.inner}", whole.response.json
        if where.inner == "content" or not isinstance(value, dict):
            return
        asked, ids = Asked.of(query(whole.exchange.request), path), [each.get("id") for each in entries(value)]
        more = value.get("has_more", ABSENT)
        if path in self.whole:
            yield from _paged(misses(ids, after(self.whole[path], asked), more, asked), whole.exchange.name)
        elif asked.cursor is None and more is False:
            self.whole[path] = [str(id) for id in (ids if asked.order == "asc" else ids[::-1])]


def is_strange(exchange: Exchange) -> bool:
    """Whether a request came with a key that nobody has."""
    return any("cozecheck-wrong-key" in value for _, value in exchange.request.headers.lines)


def _is_elsewhere(whole: Answer) -> bool:
    """Whether somebody else spoke, or the server had too much to do."""
    asked = Answered(whole.exchange, whole.response, {})
    return asked.is_kept_out or asked.is_overloaded


def entries(value: Any) -> list[Json]:
    """Return the objects of a list."""
    data = value.get("data") if isinstance(value, dict) else None
    return [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []


def query(request: Request) -> dict[str, str]:
    """Return what stands behind the path."""
    return dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))


def _taken(asked: Json, value: Json, name: str) -> Iterator[Found]:
    """Look for the metadata that were given in what is shown; a server may keep others beside them."""
    wanted, shown = asked.get("metadata"), value.get("metadata")
    if isinstance(wanted, dict) and not (isinstance(shown, dict) and wanted.items() <= shown.items()):
        yield KEPT, Problem(str(wanted), shown, at=name)


def _differing(before: Json, now: Json, name: str) -> Iterator[Found]:
    for key in LASTING:
        if key in before and now.get(key, ABSENT) != before[key]:
            yield KEPT, Problem(f"{key}: {before[key]}", now.get(key, ABSENT), at=name)


def _paged(faults: Sequence[tuple[str, Any]], name: str) -> Iterator[Found]:
    for expected, actual in faults:
        yield PAGED, Problem(expected, actual, at=name)
