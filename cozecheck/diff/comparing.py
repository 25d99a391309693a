"""Two answers to one request, compared from the status line down."""

from cozecheck.diff import bodies, headers, lines, logprobs, streams, texts, vectors
from cozecheck.diff.answers import Answer, Form, is_text
from cozecheck.diff.difference import Difference, Severity
from cozecheck.diff.policy import DEFAULT, Policy
from cozecheck.diff.telling import Differences, told
from cozecheck.exchange import ABSENT, Exchange
from cozecheck.views.failures import error_in
from cozecheck.views.wire import is_recorded

UNSETTLED = frozenset((403, 408, 429))
"""Refusals that say nothing of the request: the account, the patience, the budget. A 401 does: replay sends no key."""
CONTENT = "files.content"
_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


def compare(original: Exchange, candidate: Exchange, policy: Policy = DEFAULT) -> tuple[Difference, ...]:
    """Return how the candidate's answer differs from the original's, the worst first; noise too, as such."""
    found = (policy.noise.judged(each, original.request) for each in _compare(original, candidate, policy))
    return tuple(sorted(found, key=lambda each: _RANKS[each.severity]))


def _compare(original: Exchange, candidate: Exchange, policy: Policy) -> Differences:
    if original.response is None or original.failure or original.left:
        return  # nothing to be measured against
    if candidate.response is None or candidate.failure or candidate.left:
        broke = candidate.failure
        yield told("answer.missing", "", original.response.status, f"{broke.kind}: {broke.detail}" if broke else "cut")
        return
    was, now = Answer(original, original.response), Answer(candidate, candidate.response)
    yield from _status(was, now)
    if was.response.ok == now.response.ok:
        yield from headers.compare(was, now)
        yield from _content(was, now, policy)


def _status(was: Answer, now: Answer) -> Differences:
    before, after = was.response.status, now.response.status
    if before == after:
        return
    if before in UNSETTLED or before >= 500:
        yield told("status.unsettled", "status", before, after)
    elif was.response.ok == now.response.ok:
        yield told("status.code", "status", before, after)
    else:
        yield told("status.outcome", "status", before, after)


def _content(was: Answer, now: Answer, policy: Policy) -> Differences:
    if was.response.decoded.fault or now.response.decoded.fault or was.is_deep or now.is_deep:
        yield from _unread(was, now)
        return
    if was.form is not now.form:
        yield from _form(was, now)
    if was.form is Form.BYTES and now.form is Form.BYTES:
        yield from (
            _bytes(was, now, policy)
            if was.operation != CONTENT
            else lines.compare(was.response.content, now.response.content)
        )
    elif was.raw is ABSENT and now.raw is ABSENT:
        yield from _text(was, now, policy)
    elif was.raw is not ABSENT and now.raw is not ABSENT:
        yield from _json(was, now, policy)


def _unread(was: Answer, now: Answer) -> Differences:
    """Tell of a body that cannot be compared; recorders spoil them too."""
    if was.response.body == now.response.body:
        return
    fault = now.response.decoded.fault
    lost = was.response.decoded.fault or was.is_deep or (fault and is_recorded(now.response))
    yield told("answer.unmeasured" if lost else "answer.unread", "", "", fault or "JSON that is nested too deeply")


def _form(was: Answer, now: Answer) -> Differences:
    """Tell of a body of another kind; the rest of an error that is no JSON is silence."""
    if was.form is Form.NOTHING:
        yield told("structure.added", "", was.form, now.form)
    elif now.form is Form.NOTHING:
        yield told("answer.empty", "", was.form, now.form)
    elif Form.STREAM in (was.form, now.form):
        yield told("answer.form", "", was.form, now.form)
    elif was.form is Form.JSON:
        is_error = error_in(was.response.json) is not ABSENT
        yield told("error.envelope" if is_error else "answer.unparsable", "", was.form, now.form)
    else:
        yield told("answer.kind", "", was.form, now.form)


def _bytes(was: Answer, now: Answer, policy: Policy) -> Differences:
    before, after = was.response.content, now.response.content
    if is_text(after) and not is_text(before):
        yield told("answer.kind", "", "bytes", f"text: {after[:20]!r}")
    elif before[:4] != after[:4] or max(len(before), len(after)) > policy.most_times * min(len(before), len(after)):
        yield told("answer.bytes", "", f"{len(before)} bytes, {before[:4]!r}", f"{len(after)} bytes, {after[:4]!r}")


def _text(was: Answer, now: Answer, policy: Policy) -> Differences:
    before, after = was.response.content.decode("utf-8", "replace"), now.response.content.decode("utf-8", "replace")
    if was.form is now.form is Form.TEXT and before != after:
        yield from texts.compare(before, after, "", {}, policy)


def _json(was: Answer, now: Answer, policy: Policy) -> Differences:
    if error_in(was.raw) is not ABSENT and error_in(now.raw) is ABSENT and not was.response.ok:
        yield told("error.envelope", "/error", "an error", now.raw)
        return
    if now.response.parsed.fault and now.form is Form.JSON and not was.response.parsed.fault:
        yield told("answer.strict", "", "strict JSON", now.response.parsed.fault)
    if was.events and now.events:
        yield from streams.compare(was.events, now.events, was.operation)
        if now.events.errors > was.events.errors:
            return
    yield from bodies.compare(was, now, policy)
    yield from logprobs.compare(was.raw, now.raw)
    renamed = was.asked.get("model") != now.asked.get("model")
    yield from vectors.compare(was.vectors, now.vectors, policy, renamed=renamed)
