"""Rules that bodies and streams share: values in, verdicts out."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from cozecheck.contract.parameters import is_number
from cozecheck.contract.shapes import Path
from cozecheck.exchange import ABSENT, Response
from cozecheck.findings import Inconclusive, Problem, Verdict
from cozecheck.views.wire import is_recorded

COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")
NAMED: tuple[tuple[str | None, ...], ...] = (
    ("id",),
    ("object",),
    ("created",),
    ("model",),
    *(("usage", name) for name in COUNTS),
    ("choices", None, "index"),
    ("choices", None, "finish_reason"),
    # OpenAI adds values to these between two versions of its SDK.
    ("service_tier",),
    ("moderation",),
    ("metadata",),
)
"""Places of a chat completion that the checks of shape leave to others; None stands for any position."""
FINISH_REASONS = frozenset(("stop", "length", "tool_calls", "content_filter", "function_call"))
DAY = 86_400
EARLIEST = 1_400_000_000
"""May 2014, before there was an API; and, taken for milliseconds, 1970."""
LATEST = 100_000_000_000
"""The year 5138; what is larger counts milliseconds."""
BROKEN = re.compile("[\ufffd\ud800-\udfff]")
_MOVING = re.compile(r"-(latest|(turbo-)?preview|\d{4}(-\d{2}-\d{2})?)$")
"""What names a version that moves, at the end of a model's name."""
PHRASE = 4
"""Words from which on an answer is no name, number or label, but a phrase that should end."""
WORDS_PER_TOKEN = 1.3
"""More words a token than any tokenizer reaches."""
_SENTENCE_ENDS = (".", "!", "?", "…", '"', "'", "`", ")", "]", "}", "”", "’", "。", "！", "？", ":", ";", "\n", "*")


@dataclass(frozen=True, slots=True)
class Limited:
    """One answer under a token limit: what it used, and how and why it ended."""

    limit: int
    used: int
    reason: Any
    text: str
    may_stop: bool
    """Stop sequences were asked for."""


def limited(asked: Mapping[str, Any], usage: Mapping[str, Any], reason: Any, text: str) -> Limited | None:
    """Put together what is known of an answer under a token limit; None where there is none, or no count."""
    limit, used = cap(asked), usage.get("completion_tokens")
    if limit is None or not isinstance(used, int):
        return None
    return Limited(limit, used, reason, text, bool(asked.get("stop")))


def is_named(path: Path, *more: tuple[str | None, ...]) -> bool:
    """Whether *path* lies at or below one of the places `NAMED`, or of *more* like them."""
    return within(path, *NAMED, *more)


def within(path: Path, *places: tuple[str | None, ...]) -> bool:
    """Whether *path* lies at or below one of *places*, in which None stands for any position."""
    return any(
        len(path) >= len(place) and all(step in (None, part) for step, part in zip(place, path, strict=False))
        for place in places
    )


def nonempty_string(value: Mapping[str, Any], key: str, at: str = "") -> Iterator[Verdict]:
    """Require a string that is not empty under *key*."""
    found = value.get(key, ABSENT)
    if not isinstance(found, str) or not found:
        yield Problem("a string that is not empty", found, at=at or f"/{key}")


def created(value: Any, response: Response, at: str = "/created") -> Iterator[Verdict]:
    """Require whole seconds since 1970, within a day of the Date header where there is one."""
    now = _date(response.headers.get("date"))
    if not isinstance(value, int) or isinstance(value, bool):
        yield Problem("a whole number of seconds", value, at=at)
    elif value >= LATEST:
        yield Problem("seconds since 1970", value, at=at)
    elif value > EARLIEST and (now is None or abs(now - value) <= DAY):
        pass
    elif is_recorded(response):
        yield Inconclusive("a recording in which the time, or the Date header, may have been edited")
    else:
        yield Problem(f"about {now} (the Date header)" if now else "seconds since 1970", value, at=at)


def _date(value: str | None) -> int | None:
    try:
        return int(parsedate_to_datetime(value).timestamp()) if value else None
    except (ValueError, OverflowError):
        return None


def model_echo(asked: Any, answered: Any) -> Iterator[Verdict]:
    """Require the model asked for, or a version of it: the one name begins with the other."""
    if not isinstance(asked, str) or not asked:
        return
    if not isinstance(answered, str) or not answered:
        yield Problem(asked, answered, at="/model")
        return
    if not _is_version(answered.lower(), asked.lower()):
        yield Problem(f"{asked}, or a version of it", answered, at="/model")


def _is_version(answered: str, asked: str) -> bool:
    """Whether all parts of the name *asked* for stand in the *answered* one, in order; moving parts may change."""
    if "@" in answered and "@" not in asked:
        return False
    parts = iter(re.split(r"[-:]", answered))
    fixed = re.split(r"[-:]", _MOVING.sub("", asked))
    return asked.partition(":")[0] == answered or all(part in parts for part in fixed)


def finish_reason(value: Any, at: str) -> Iterator[Verdict]:
    """Require one of the five documented reasons; null is another rule's."""
    if value is not None and (not isinstance(value, str) or value not in FINISH_REASONS):
        yield Problem("stop, length, tool_calls, content_filter or function_call", value, at=at)


def cap(asked: Mapping[str, Any]) -> int | None:
    """Return the token limit of a request, if it has one."""
    limits = [asked.get(name) for name in ("max_completion_tokens", "max_tokens")]
    return next(
        (limit for limit in limits if isinstance(limit, int) and not isinstance(limit, bool) and limit > 0), None
    )


def cut_by_limit(limited: Limited) -> Iterator[Verdict]:
    """Require `length` where the limit was passed, or reached in mid-sentence."""
    limit, used, text = limited.limit, limited.used, limited.text
    if used < limit:
        yield Inconclusive("no answer reached its token limit")
    elif limited.reason == "stop" and used == limit and _may_have_ended(limited):
        yield Inconclusive("the answer may have ended by itself, just at the limit")
    elif limited.reason == "stop":
        expected = f"length (the limit is {limit} tokens, {used} came)"
        yield Problem(expected, f"stop, after …{text[-24:]!r}", at="finish_reason")


def _may_have_ended(limited: Limited) -> bool:
    """Whether a text of as many tokens as were allowed may be whole: engines count the token that ends it."""
    text = limited.text.rstrip(" ")
    if not text or limited.may_stop or text.endswith(_SENTENCE_ENDS):
        return True
    return limited.limit > 1 and len(text.split()) < PHRASE and not text.endswith(",")


def prefix(value: Any, wanted: str, at: str) -> Iterator[Verdict]:
    """Require a string that begins with *wanted*; what is no string is another rule's."""
    if isinstance(value, str) and value and not value.startswith(wanted):
        yield Problem(f"{wanted}…", value, at=at)


def intact(text: str, prompt: str, at: str) -> Iterator[Verdict]:
    """Require text without U+FFFD and lone surrogates that the prompt did not have."""
    found = BROKEN.search(text)
    if found and "\ufffd" not in prompt:
        context = text[max(0, found.start() - 12) : found.end() + 4]
        yield Problem("whole characters", context.encode("utf-8", "backslashreplace").decode(), at=at)


def counts(usage: Mapping[str, Any], at: str) -> Iterator[Verdict]:
    """Require the three counts as whole numbers that are not negative."""
    for name in COUNTS:
        value = usage.get(name, ABSENT)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            yield Problem("a whole number, 0 or more", value, at=f"{at}/{name}")


def total(usage: Mapping[str, Any], at: str) -> Iterator[Verdict]:
    """Require total = prompt + completion."""
    prompt, completion, whole = (usage.get(name) for name in COUNTS)
    if is_number(prompt) and is_number(completion) and is_number(whole) and prompt + completion != whole:
        yield Problem(f"{prompt} + {completion}", whole, at=f"{at}/total_tokens")


def list_shape(value: Mapping[str, Any]) -> Iterator[Verdict]:
    """Require object "list" and a list under data."""
    if not isinstance(value.get("data"), list):
        yield Problem("a list", value.get("data", ABSENT), at="/data")
    elif value.get("object") != "list":
        yield Problem("list", value.get("object", ABSENT), at="/object")


def list_ends(value: Mapping[str, Any]) -> Iterator[Verdict]:
    """Require has_more, and the ids of the first and the last item where there are items."""
    if not isinstance(value.get("has_more"), bool):
        yield Problem("true or false", value.get("has_more", ABSENT), at="/has_more")
    data = value.get("data")
    items = data if isinstance(data, list) else []
    for name, place in (("first_id", 0), ("last_id", -1)) if items else ():
        item = items[place]
        if isinstance(item, dict) and value.get(name) != item.get("id"):
            yield Problem(str(item.get("id")), value.get(name, ABSENT), at=f"/{name}")


def on_page(made: Mapping[str, Any], page: Mapping[str, Any], names: Iterable[str], at: str) -> Iterator[Verdict]:
    """Require an object that was *made* in a page of a list, with the same values under *names*."""
    data = page.get("data")
    items = [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []
    found = next((item for item in items if item.get("id") == made.get("id")), None)
    if found is None and page.get("has_more") is not False:
        yield Inconclusive("the list goes on, on other pages")
    elif found is None:
        yield Problem(f"{made.get('id')} among them", [item.get("id") for item in items][:5], at=at)
    else:
        different = [name for name in names if found.get(name, ABSENT) != made.get(name, ABSENT)]
        for name in different:
            yield Problem(f"{name} {made.get(name, ABSENT)!r}", found.get(name, ABSENT), at=at)


def within_limit(limit: str | None, size: int) -> Iterator[Verdict]:
    """Require no more items than the *limit* of the query."""
    if limit and limit.isdecimal() and size > int(limit):
        yield Problem(f"at most {limit}", size, at="/data")


def not_found(response: Response) -> Iterator[Verdict]:
    """Require 404 for what is not there."""
    if response.status not in (401, 403, 404, 429):
        came = response.content[:120].decode("utf-8", "replace")
        yield Problem("404", f"{response.status}: {came}", at="status")
