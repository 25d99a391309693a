"""The metrics: names, labels, buckets, and how to add to them."""

import re
from bisect import bisect_left
from typing import Literal, NamedTuple

from reference_server.telemetry.sheets import Sheet

PREFIX = "coze_adapter_"
Labels = tuple[str, ...]
LATENCY = (0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680)
FIRST_TOKEN = (
    *(0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10),
    *(20, 40, 80, 160, 640, 2560),
)
BETWEEN_TOKENS = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80)
OVERHEAD = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
MOST_WORDS = 64
WORD = re.compile(r"[\w.-]{1,64}", re.ASCII)
OTHER = "other"


class Family(NamedTuple):
    """One metric and its labels; `bounds` are the upper ends of a histogram's buckets."""

    name: str
    help: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: Labels = ()
    bounds: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        """How many cells it takes: of a histogram each bucket, the one above all, and the sum."""
        return len(self.bounds) + 2 if self.bounds else 1


FAMILIES = (
    Family("request_queue_time_seconds", "Time in the queue before an engine.", "histogram", (), LATENCY),
    Family("e2e_request_latency_seconds", "Whole requests that an engine was asked for.", "histogram", (), LATENCY),
    Family("time_to_first_token_seconds", "Streams: until the first piece was sent.", "histogram", (), FIRST_TOKEN),
    Family(
        "inter_token_latency_seconds",
        "Streams: gaps between pieces as sent; every gap counts as its stream's mean gap.",
        "histogram",
        (),
        BETWEEN_TOKENS,
    ),
    Family("prompt_tokens", "Tokens of prompts, where they are known.", "counter"),
    Family("generation_tokens", "Tokens of answers, where they are known.", "counter", ("usage_source",)),
    Family("request_success", "Requests answered.", "counter", ("finished_reason",)),
    Family("request_failure", "Requests refused or failed.", "counter", ("error_type",)),
    Family(
        "overhead_seconds",
        "Time of our own. accept_wait: how late a timer ran, four times a second, to one millisecond: "
        "what a request waits before it is seen. first_byte: from the engine's to ours.",
        "histogram",
        ("phase",),
        OVERHEAD,
    ),
    Family("upstream_requests", "Requests to engines, each attempt.", "counter", ("engine", "status")),
    Family("upstream_latency_seconds", "Requests to engines, each attempt.", "histogram", (), LATENCY),
    Family("overflow_requests", "Requests that went to another engine for load.", "counter", ("reason",)),
    Family("fallbacks", "Requests that went to another engine after a failure.", "counter", ("from", "to", "outcome")),
    Family("circuit_transitions", "How often circuits opened, half opened or closed.", "counter"),
    Family("cache_requests", "Questions to caches.", "counter", ("cache", "result")),
    Family("ratelimit_rejections", "Requests refused by a limit of their key.", "counter", ("limit",)),
    Family("client_disconnects", "Clients that left; cancelled: an engine was at work.", "counter", ("cancelled",)),
    Family("num_requests_running", "Requests an engine is working on.", "gauge", ("engine",)),
    Family("num_requests_waiting", "Requests waiting for an engine.", "gauge", ("engine",)),
    Family("queue_depth", "The same as num_requests_waiting.", "gauge", ("engine",)),
    Family("engine_utilization_ratio", "Requests running, of those there is room for.", "gauge", ("engine",)),
    Family("engine_state", "0 well, 1 in doubt, 2 down.", "gauge", ("engine",)),
    Family("overflow_active", "1 while requests overflow from an engine.", "gauge", ("engine",)),
)
BY_NAME = {family.name: family for family in FAMILIES}


class Cells(dict[Labels, int]):
    """Where the numbers of one metric are, by labels; new labels take new cells."""

    def __init__(self, sheet: Sheet, name: str) -> None:
        """A metric without labels is there from the start."""
        self._sheet = sheet
        self._family = BY_NAME[name]
        self._cells = sheet.cells
        self._bounds = self._family.bounds
        if not self._family.labels:
            self[()]

    def __missing__(self, labels: Labels) -> int:
        place = self[labels] = self._sheet.take(self._family.name, labels, self._family.width)
        return place

    def add(self, labels: Labels = (), number: float = 1) -> None:
        """Count."""
        self._cells[self[labels]] += number

    def observe(self, value: float, labels: Labels = (), times: int = 1) -> None:
        """Note a value of a histogram, so many times at once."""
        first, bounds, cells = self[labels], self._bounds, self._cells
        cells[first + bisect_left(bounds, value)] += times
        cells[first + len(bounds) + 1] += value * times


class Words(dict[str | None, str]):
    """What may stand in a label: the first words that come, a bounded number; anything else is `other`."""

    def __missing__(self, word: str | None) -> str:
        if word is None:
            return "none"
        if len(self) >= MOST_WORDS or not WORD.fullmatch(word):
            return OTHER
        self[word] = word
        return word
