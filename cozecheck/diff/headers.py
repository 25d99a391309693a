"""The headers that clients read, compared."""

from cozecheck.diff.answers import Answer, Form
from cozecheck.diff.telling import Differences, told
from cozecheck.exchange import ABSENT, Response

RATES = "x-ratelimit-"


def compare(original: Answer, candidate: Answer) -> Differences:
    """Compare what the API's clients read; of a recording that keeps no headers nothing is known."""
    was, now = original.response, candidate.response
    if not was.headers or not now.headers:
        return
    yield from _content_type(was, now, same_form=original.form is candidate.form)
    if now.headers.get("date") is None and not now.http_version:
        return  # a recording with a choice of headers
    if was.headers.get("retry-after") is not None and now.headers.get("retry-after") is None:
        yield told("header.retry-after", "header retry-after", was.headers.get("retry-after"), ABSENT)
    if was.headers.get("x-request-id") is not None and now.headers.get("x-request-id") is None:
        yield told("header.request-id", "header x-request-id", "an id", ABSENT)
    if original.form is not Form.STREAM and _has_rates(was) and not _has_rates(now):
        yield told("header.rate-limit", f"header {RATES}*", "present", ABSENT)


def _content_type(was: Response, now: Response, *, same_form: bool) -> Differences:
    before, after = was.headers.get("content-type"), now.headers.get("content-type")
    if before is None or before == after or not same_form:  # a difference of form says it all
        return
    if after is None or was.media_type != now.media_type:
        yield told("header.content-type", "header content-type", before, ABSENT if after is None else after)
    elif before.replace(" ", "").lower() != after.replace(" ", "").lower():
        yield told("header.charset", "header content-type", before, after)


def _has_rates(response: Response) -> bool:
    return any(name.lower().startswith(RATES) for name, _ in response.headers.lines)
