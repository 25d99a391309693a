"""From the record of a request to the numbers it adds to."""

from itertools import pairwise

from reference_server.observed import Attempt, Observed
from reference_server.telemetry.families import Cells, Words
from reference_server.telemetry.sheets import Sheet

LIMITS = {"requests": ("rpm",), "tokens": ("tpm",), "concurrency": ("concurrency",)}
SERVER_ERROR = 500
SEEN = {status: (str(status),) for status in (200, 400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504)}
NONE = ("none",)
CANCELLED = {True: ("true",), False: ("false",)}
PARSE, ROUTE, FIRST_BYTE = ("parse",), ("route",), ("first_byte",)
TOLD = {False: ("engine",), True: ("counted",)}


class Noting:
    """Adds what was observed of requests to a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        """Take the cells that every server has."""
        self._queue = Cells(sheet, "request_queue_time_seconds")
        self._whole = Cells(sheet, "e2e_request_latency_seconds")
        self._first_token = Cells(sheet, "time_to_first_token_seconds")
        self._between = Cells(sheet, "inter_token_latency_seconds")
        self._prompt = Cells(sheet, "prompt_tokens")
        self._generation = Cells(sheet, "generation_tokens")
        self._success = Cells(sheet, "request_success")
        self._failure = Cells(sheet, "request_failure")
        self._overhead = Cells(sheet, "overhead_seconds")
        self._upstream = Cells(sheet, "upstream_requests")
        self._upstream_time = Cells(sheet, "upstream_latency_seconds")
        self._overflow = Cells(sheet, "overflow_requests")
        self._fallbacks = Cells(sheet, "fallbacks")
        self._caches = Cells(sheet, "cache_requests")
        self._limits = Cells(sheet, "ratelimit_rejections")
        self._left = Cells(sheet, "client_disconnects")
        self._reasons, self._errors, self._overflows, self._results = Words(), Words(), Words(), Words()

    def note(self, seen: Observed) -> None:
        """Take a request that has ended; what is not OpenAI's API is not counted."""
        if not seen.operation:
            return
        self._outcome(seen)
        if seen.cache:
            cache = "embedding" if seen.operation == "/embeddings" else "response"
            self._caches.add((cache, self._results[seen.cache.lower()]))
        if seen.limited in LIMITS:
            self._limits.add(LIMITS[seen.limited])
        if seen.engine is not None and seen.ended is not None:
            self._times(seen, seen.ended)
            self._tokens(seen)
        if seen.overflow:
            self._overflow.add((self._overflows[seen.overflow],))
        for attempt in seen.asked:
            self._attempt(attempt)
        if len(seen.asked) > 1:
            self._fell_back(seen.asked)

    def late(self, seconds: float) -> None:
        """Note how late the event loop is."""
        self._overhead.observe(seconds, ("accept_wait",))

    def _outcome(self, seen: Observed) -> None:
        if seen.client_left:
            self._left.add(CANCELLED[seen.engine is not None])
        elif seen.error is not None or seen.status is None or seen.status >= 400:
            self._failure.add((self._errors[seen.error or f"status_{seen.status or 0}"],))
        else:
            self._success.add((self._reasons[seen.finish],))

    def _times(self, seen: Observed, ended: float) -> None:
        self._whole.observe(ended - seen.began)
        self._queue.observe(seen.waited)
        if seen.read is not None:
            self._overhead.observe(seen.read - seen.began, PARSE)
            if seen.routed is not None:
                self._overhead.observe(seen.routed - seen.read, ROUTE)
        if seen.first_byte is not None and seen.asked:
            last = seen.asked[-1]
            answered = last.first_byte if seen.streams else last.ended
            if answered is not None:
                self._overhead.observe(max(seen.first_byte - answered, 0.0), FIRST_BYTE)
        if seen.streams and seen.first_token is not None:
            self._first_token.observe(seen.first_token - seen.began)
            gaps = seen.pieces - 1
            if gaps > 0 and seen.last_token is not None:
                self._between.observe((seen.last_token - seen.first_token) / gaps, (), gaps)

    def _tokens(self, seen: Observed) -> None:
        if seen.tokens_in:
            self._prompt.add((), seen.tokens_in)
        if seen.tokens_out:
            self._generation.add(TOLD[seen.counted], seen.tokens_out)

    def _attempt(self, attempt: Attempt) -> None:
        self._upstream_time.observe(attempt.ended - attempt.began)
        status = attempt.status
        said = NONE if status is None else SEEN.get(status) or (f"{status // 100 % 10}xx",)
        self._upstream.add((attempt.engine, *said))

    def _fell_back(self, asked: list[Attempt]) -> None:
        for one, other in pairwise(asked):
            if one.engine != other.engine:
                failed = other.error is not None or other.status is None or other.status >= SERVER_ERROR
                self._fallbacks.add((one.engine, other.engine, "failure" if failed else "success"))
