"""How limits stand, in OpenAI's headers."""

import pytest

from reference_server.errors import FOREVER
from reference_server.limits.headers import duration, headers, refusal
from reference_server.limits.quota import Meter, Quota, Verdict


@pytest.mark.parametrize(
    ("seconds", "spelt"),
    [
        (0, "0s"),
        (0.0004, "0s"),
        (0.012, "12ms"),
        (1, "1s"),
        (1.2, "1.2s"),
        (62, "1m2s"),
        (252.5, "4m12.5s"),
        (360, "6m0s"),
        (3600, "1h0m0s"),
        (31104, "8h38m24s"),
    ],
)
def test_durations_are_spelt_as_go_does(seconds: float, spelt: str) -> None:
    assert duration(seconds) == spelt


def test_the_limits_that_there_are_have_three_headers_each() -> None:
    verdict = Verdict(Quota(requests=10, concurrency=2), Meter(3, 0.0, 59.5), Meter(), 1)
    assert headers(verdict) == {
        "x-ratelimit-limit-requests": "10",
        "x-ratelimit-remaining-requests": "7",
        "x-ratelimit-reset-requests": "59.5s",
    }


def test_tokens_beyond_the_limit_leave_nothing() -> None:
    verdict = Verdict(Quota(tokens=10), Meter(), Meter(13, 0.0, 1.0), 0)
    assert headers(verdict)["x-ratelimit-remaining-tokens"] == "0"


def test_a_refusal_says_when_to_come_back() -> None:
    answer = refusal(Verdict(Quota(tokens=100), Meter(), Meter(90, 2.25, 40.0), 0, "tokens"), 20)
    assert (answer.status, answer.kind, answer.code) == (429, "tokens", "rate_limit_exceeded")
    assert answer.headers["retry-after"] == "3"
    assert answer.headers["retry-after-ms"] == "2250"
    assert answer.message == (
        "Rate limit reached on tokens per min (TPM): Limit 100, Used 90, Requested 20. Please try again in 2.250s."
    )


def test_a_request_larger_than_the_limit_is_not_to_be_tried_again() -> None:
    answer = refusal(Verdict(Quota(tokens=100), Meter(), Meter(0, FOREVER, 0.0), 0, "tokens"), 101)
    assert answer.headers["x-should-retry"] == "false"
    assert "retry-after" not in answer.headers


def test_too_many_at_a_time_are_told_to_wait_a_moment() -> None:
    answer = refusal(Verdict(Quota(concurrency=2), Meter(), Meter(), 2, "concurrency"), 1)
    assert answer.headers == {"retry-after": "1", "retry-after-ms": "1000"}
