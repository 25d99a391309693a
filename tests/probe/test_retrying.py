"""How long to wait before trying again."""

import pytest

from cozecheck.exchange import Exchange, Failure, FailureKind, Headers, Request, Response
from cozecheck.probe import retry_delay

NOON = "Sun, 22 Nov 2026 12:00:00 GMT"
THREE_SECONDS_LATER = "Sun, 22 Nov 2026 12:00:03 GMT"


def refused(status: int, **headers: str) -> Exchange:
    lines = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Exchange(Request("POST", "http://127.0.0.1/v1"), Response(status, Headers(lines)))


@pytest.mark.parametrize(
    ("exchange", "delay"),
    [
        (refused(429), 0.2),
        (refused(429, retry_after="1"), 1.0),
        (refused(429, retry_after="1.5"), 1.5),
        (refused(429, retry_after="0"), 0.0),
        (refused(429, retry_after="-3"), 0.0),
        (refused(429, retry_after="3600"), 5.0),
        (refused(429, retry_after="soon"), 0.2),
        (refused(429, retry_after="nan"), 0.2),
        (refused(429, retry_after="1" * 400), 0.2),
        (refused(429, retry_after="1", retry_after_ms="250"), 0.25),
        (refused(429, retry_after=THREE_SECONDS_LATER, date=NOON), 3.0),
        (refused(429, retry_after=NOON, date=THREE_SECONDS_LATER), 0.0),
        (refused(429, retry_after=THREE_SECONDS_LATER), 0.2),
        (refused(503, retry_after="1"), 1.0),
        (refused(503), None),
        (refused(503, retry_after="soon"), None),
        (refused(500, retry_after="1"), None),
        (refused(200, retry_after="1"), None),
    ],
)
def test_the_delay_is_what_was_asked_for_within_bounds(exchange: Exchange, delay: float | None) -> None:
    assert retry_delay(exchange) == delay


def test_without_a_response_there_is_nothing_to_wait_for() -> None:
    failure = Failure(FailureKind.FIRST_BYTE, "no response within 30 s")
    assert retry_delay(Exchange(Request("GET", "http://127.0.0.1/v1"), failure=failure)) is None
