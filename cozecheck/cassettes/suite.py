"""A suite of recorded requests, sent anew through the official client and vcrpy."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

import httpx2
import openai
import vcr
from vcr.persisters.filesystem import CassetteNotFoundError
from vcr.record_mode import RecordMode

from cozecheck import __version__
from cozecheck.cassettes.renaming import Renaming
from cozecheck.contract.operations import api_path
from cozecheck.errors import NoVerdictError
from cozecheck.exchange import Exchange, Headers, Request, Response
from cozecheck.recordings import Recording

FORMAT: Final = "vcrpy"
WRONG_KEY: Final = "sk-cozecheck-wrong-key"
"""How a key begins that is wrong on purpose; it is sent as it stands."""
OUT_OF_BREATH: Final = 429
BROKEN: Final = 500
UNAUTHORIZED: Final = 401
_CARRIED: Final = frozenset(("content-type", "accept", "openai-beta", "idempotency-key"))
"""Headers that belong to a request; all others are the client's own."""


@dataclass(frozen=True)
class Take:
    """What came of sending a recorded request once more: a recording, or why there is none."""

    original: Recording
    number: int
    recording: Recording | None = None
    lost: str = ""


@dataclass
class Studio:
    """Sends recorded requests to *base_url*; vcrpy records what comes back: whole bodies, no times, no cut stream."""

    base_url: str
    api_key: str
    timeout: float
    now: Callable[[], float]
    takes: int = 1
    _renamings: tuple[Renaming, ...] = field(init=False)

    def __post_init__(self) -> None:
        self._renamings = tuple(Renaming() for _ in range(self.takes))
        self._recorder = vcr.VCR(record_mode=RecordMode.ALL)
        self._recorder.register_persister(_Nowhere)

    def record(self, originals: Iterable[Recording], refuse: Callable[[], str] = str) -> Iterator[Take]:
        """Yield what comes of each request, *takes* times; *refuse* says why no more shall be sent, or nothing.

        Raises NoVerdictError where nobody answers, and where vcrpy sees nothing of what was sent.
        """
        with (
            openai.DefaultHttpxClient(timeout=self.timeout) as http,
            openai.OpenAI(base_url=self.base_url, api_key=self.api_key, http_client=http) as client,
        ):
            line = Line(http, self.base_url.rstrip("/"), _own_headers(client))
            for original in originals:
                for number, renaming in enumerate(self._renamings, 1):
                    yield self._take(line, original, number, renaming, refuse)

    def _take(
        self, line: "Line", original: Recording, number: int, renaming: Renaming, refuse: Callable[[], str]
    ) -> Take:
        unfit = _unfit(original.exchange)
        lost = unfit or refuse()
        if lost:
            return Take(original, number, lost=lost)
        began = self.now()
        with self._recorder.use_cassette("nowhere") as cassette:
            broke = line.send(renaming.apply(original.exchange.request), keyless=_is_keyless(original.exchange))
        if not cassette.data:
            return Take(original, number, lost=broke or _blind())
        exchange = _exchange(*cassette.data[-1])
        then, now = original.exchange.response, exchange.response
        if original.notes.get("replayable") is False and _outcome(then) != _outcome(now):
            return Take(original, number, lost="what these are about does not come at will, and did not come")
        if then and now:
            renaming.learn(then, now)
        return Take(original, number, self._recording(exchange, began, number, original))

    def _recording(self, exchange: Exchange, at: float, number: int, original: Recording) -> Recording:
        host = urlsplit(self.base_url).netloc
        day = datetime.fromtimestamp(at, UTC).date()
        notes: dict[str, Any] = {**original.notes, "sdk": f"openai-python {openai.__version__}"}
        if self.takes > 1:
            notes["take"] = number
        provenance = f"recorded from {host} on {day} by cozecheck {__version__} with vcrpy {vcr.__version__}"
        return Recording(exchange, FORMAT, at=at, provenance=provenance, notes=notes)


class _Nowhere:
    """Where vcrpy keeps its cassettes: nothing reaches a disk before it is scrubbed."""

    @staticmethod
    def load_cassette(_path: str, **_: Any) -> NoReturn:
        raise CassetteNotFoundError

    @staticmethod
    def save_cassette(_path: str, _cassette: Any, **_: Any) -> None:
        """Save nothing."""


def _unfit(exchange: Exchange) -> str:
    """Say why a request cannot be sent anew."""
    if not exchange.request.is_whole:
        return "its request was not recorded whole"
    if exchange.failure:
        return "an answer that breaks off cannot be asked for"
    if exchange.response and (exchange.response.status == OUT_OF_BREATH or exchange.response.status >= BROKEN):
        return "a server cannot be asked to be out of breath, or broken"
    if api_path(exchange.request.path) is None:
        return "its path is none of the API's"
    return ""


def _is_keyless(exchange: Exchange) -> bool:
    """Whether a request was sent without a key, on purpose: it was refused for that."""
    response, key = exchange.response, exchange.request.headers.get("authorization")
    return response is not None and response.status == UNAUTHORIZED and key is None


def _outcome(response: Response | None) -> tuple[int, Any]:
    """What became of a request: the status, and how a stream ended."""
    if response is None:
        return 0, None
    last = next((each.value for each in reversed(response.payloads) if isinstance(each.value, dict)), {})
    return response.status, last.get("type") or "error" in last


def _blind() -> NoReturn:
    seen = f"vcrpy {vcr.__version__} saw nothing of what openai {openai.__version__} sent"
    raise NoVerdictError(f"{seen}: nothing was recorded; install a newer vcrpy (8.2 or later)")


@dataclass(frozen=True)
class Line:
    """The official client's own HTTP client, and the headers that it sends with every request."""

    http: httpx2.Client
    base_url: str
    headers: Mapping[str, str]

    def send(self, request: Request, *, keyless: bool) -> str:
        """Send *request*, its body byte for byte; return in words what broke. Any status is an answer."""
        parts = urlsplit(request.url)
        url = self.base_url + (api_path(parts.path) or "") + (f"?{parts.query}" if parts.query else "")
        headers = self._with_those_of(request, keyless=keyless)
        try:
            self.http.request(request.method, url, content=request.body or None, headers=headers)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise NoVerdictError(f"nobody answers at {self.base_url}: {error}") from None
        except httpx2.HTTPError as error:
            return f"the answer broke off: {str(error) or type(error).__name__}"
        return ""

    def _with_those_of(self, request: Request, *, keyless: bool) -> dict[str, str]:
        """The request's own headers beside the client's; and the key, where it is wrong on purpose."""
        own = {name.lower(): value for name, value in request.headers.lines}
        headers = {**self.headers, **{name: value for name, value in own.items() if name in _CARRIED}}
        if "content-type" not in own:
            headers.pop("content-type", None)
        if WRONG_KEY in own.get("authorization", ""):
            headers["authorization"] = own["authorization"]
        elif keyless:
            headers.pop("authorization")
        return headers


def _own_headers(client: openai.OpenAI) -> dict[str, str]:
    headers = {**client.default_headers, **client.auth_headers}
    return {name.lower(): value for name, value in headers.items() if isinstance(value, str)}


def _exchange(request: Any, response: Mapping[str, Any]) -> Exchange:
    """Return what vcrpy holds as an exchange."""
    asked = Request(
        request.method, request.uri, _lines({k: [v] for k, v in request.headers.items()}), request.body or b""
    )
    body = response["body"]["string"]
    return Exchange(asked, Response(response["status"]["code"], _lines(response["headers"]), body))


def _lines(headers: Mapping[str, Any]) -> Headers:
    return Headers(tuple((name, str(value)) for name, values in headers.items() for value in values))
