"""What is sent at random, drawn before anything is sent: a budget can be told, and kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from types import MappingProxyType

from hypothesis.strategies import SearchStrategy

from cozecheck.properties.searching import draw
from cozecheck.scenarios import Send, Subject
from cozecheck.spending import Budget
from cozecheck.strategies import Case, legal, ways
from cozecheck.views.cases import title

SHARES: Mapping[str, int] = MappingProxyType(
    {
        "chat.completions.create": 12,
        "responses.create": 6,
        "completions.create": 3,
        "embeddings.create": 2,
        "moderations.create": 1,
        "responses.input_tokens.count": 1,
        "conversations.create": 1,
        "files.create": 1,
        "audio.transcriptions.create": 1,
        "audio.translations.create": 1,
        "audio.speech.create": 1,
        "images.generate": 1,
    }
)
"""The operations that need nothing that is there already, and how many requests each gets of all."""
STREAMED = ("chat.completions.create", "completions.create", "responses.create")
SHRINKING = 120
"""Requests at most to make one failure small."""
MOST_SHRUNK = 10
"""Failures at most that are made small."""
LONGEST = 16_384
"""Tokens that no answer is longer than, whatever it was asked for."""
QUESTION = "Say hello."


@dataclass(frozen=True, slots=True)
class Source:
    """What cases are drawn from, and how many, by which seed."""

    strategy: SearchStrategy[Case] = field(repr=False)
    count: int
    seed: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """A case, and where it comes from."""

    case: Case
    source: Source


@dataclass(frozen=True, slots=True)
class Pool:
    """What is sent to one operation, no two alike: legal requests, the simplest first, then broken ones."""

    operation: str
    sent: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would be sent at random, in how many *requests* and *tokens* at most; to make failures small, *more*."""

    pools: tuple[Pool, ...] = ()
    requests: int = 0
    tokens: int = 0
    more: int = 0
    left_out: int = 0
    """Cases that the budget has no room for."""

    @property
    def cases(self) -> int:
        """How many cases there are."""
        return sum(len(pool.sent) for pool in self.pools)


def prospect(
    subject: Subject, examples: int, seed: int, budget: Budget, shares: Mapping[str, int] = SHARES
) -> Prospect:
    """Draw *examples* cases, and keep as many as the *budget* has room for, of every operation the same share."""
    whole = sum(shares.values())
    counts = {name: max(examples * share // whole, 2) for name, share in shares.items()} if examples else {}
    pools = [_pool(name, subject, most, seed) for name, most in counts.items()]
    kept, needed, spent = _within(pools, subject, budget)
    left_out = sum(len(each.sent) for each in pools) - sum(len(each.sent) for each in kept)
    each = spent // max(needed, 1)
    more = _more(budget.after(needed, spent), each) if kept else 0
    return Prospect(kept, needed + more, spent + more * each, more, left_out)


def _more(left: Budget, tokens: int) -> int:
    """Return how many requests may make failures small, at so many *tokens* each."""
    wanted = SHRINKING * MOST_SHRUNK
    if left.requests is not None:
        wanted = min(wanted, left.requests)
    return wanted if left.tokens is None else min(wanted, left.tokens // max(tokens, 1))


def _within(pools: Sequence[Pool], subject: Subject, budget: Budget) -> tuple[tuple[Pool, ...], int, int]:
    """Cut the pools to the same share, so that the budget holds them; say what they cost."""
    share, kept = 1.0, tuple(pools)
    while kept:
        sends = [send for each in kept for send in _sends(each, subject)]
        requests, tokens = len(sends), sum(min(send.tokens, LONGEST) for send in sends)
        if budget.allows(requests, tokens):
            return kept, requests, tokens
        share *= 0.8
        cut = (replace(each, sent=each.sent[: int(len(each.sent) * share)]) for each in pools)
        kept = tuple(each for each in cut if each.sent)
    return (), 0, 0


def _pool(operation: str, subject: Subject, most: int, seed: int) -> Pool:
    """Draw the cases of one operation, half of them legal, half broken, in as many ways as there are."""
    unlike: dict[tuple[object, ...], Drawn] = {}
    for source, spared in _sources(operation, subject, most, seed):
        for case in draw(source.strategy, source.count, source.seed)[spared:]:
            unlike.setdefault(wire(case.send), Drawn(case, source))
    return Pool(operation, tuple(unlike.values()))


def _sources(operation: str, subject: Subject, most: int, seed: int) -> Iterator[tuple[Source, int]]:
    """Yield what is drawn from, and how many of the first cases are left out: a single one is not the simplest."""
    half = most // 2
    yield Source(legal(operation, subject), most - half, seed), 0
    broken = ways(operation, subject)
    if half < len(broken):
        broken = tuple(Random(seed).sample(broken, half))  # noqa: S311
    for place, way in enumerate(broken):
        count = half // len(broken) + (place < half % len(broken))
        spared = 1 if count == 1 else 0
        yield Source(way, count + spared, seed + place), spared


def wire(send: Send) -> tuple[object, ...]:
    """Return what tells one request from another."""
    return send.method, send.path, send.headers, send.body


def titled(case: Case) -> Send:
    """Return the send of a case, named so that the claim can be read back."""
    return replace(case.send, name=title(case.operation, case.mutation, case.param))


def twin(case: Case) -> Send | None:
    """Return a legal request as a stream where it asks for a body, and the reverse; None where there are no streams."""
    asked = case.send.json
    if case.operation not in STREAMED or case.mutation or asked is None:
        return None
    plain = {name: value for name, value in asked.items() if name not in ("stream", "stream_options")}
    if not streams(case):
        counted = {} if case.operation == "responses.create" else {"stream_options": {"include_usage": True}}
        plain |= {"stream": True, **counted}
    return replace(titled(case), json=plain)


def streams(case: Case) -> bool:
    """Whether a case asks for a stream."""
    return case.send.json is not None and case.send.json.get("stream") is True


def plain_question(subject: Subject, operation: str) -> Send:
    """Return what is asked after the requests to an *operation*."""
    return Send(f"after {operation}", json=subject.ask(QUESTION, 8))


def _sends(pool: Pool, subject: Subject) -> Iterator[Send]:
    """Yield all that goes out for one operation: cases, twins, a plain question; what is made is deleted again."""
    for case in (drawn.case for drawn in pool.sent):
        yield case.send
        if other := twin(case):
            yield other
        if pool.operation in DELETED and not case.mutation:
            yield Send("delete", "DELETE", "/")
    yield plain_question(subject, pool.operation)


DELETED: Mapping[str, str] = MappingProxyType(
    {"files.create": "/files/{}", "conversations.create": "/conversations/{}"}
)
"""What is made and would stay, and where it is deleted."""
