"""What is sent at random, drawn before anything is sent: a budget can be told, and kept."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from hypothesis.strategies import SearchStrategy

from cozecheck.properties.searching import draw
from cozecheck.scenarios import Send, Subject
from cozecheck.spending import Budget
from cozecheck.strategies import Case, illegal, legal
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
CHOICE = 4
"""Broken requests that are drawn for each that is sent."""
SHRINKING = 120
"""Requests at most to make one failure small."""
MOST_SHRUNK = 10
"""Failures at most that are made small."""
LONGEST = 16_384
"""Tokens that no answer is longer than, whatever it was asked for."""
QUESTION = "Say hello."


@dataclass(frozen=True, slots=True)
class Pool:
    """Cases of one operation, all legal or all *broken*: so many are *drawn* by a seed, those are *sent*."""

    operation: str
    broken: bool
    seed: int
    drawn: int
    sent: tuple[Case, ...]

    def strategy(self, subject: Subject) -> SearchStrategy[Case]:
        """Return what the cases are drawn from."""
        return illegal(self.operation, subject) if self.broken else legal(self.operation, subject)


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


def prospect(subject: Subject, examples: int, seed: int, budget: Budget) -> Prospect:
    """Draw *examples* cases, and keep as many as the *budget* has room for, of every operation the same share."""
    whole = 2 * sum(SHARES.values())
    shares = {name: max(examples * share // whole, 1) for name, share in SHARES.items()} if examples else {}
    pools = [
        _pool(name, subject, most, seed, broken=broken) for name, most in shares.items() for broken in (False, True)
    ]
    kept, needed, spent = _within(pools, subject, budget)
    left_out = sum(len(each.sent) for each in pools) - sum(len(each.sent) for each in kept)
    room = SHRINKING * MOST_SHRUNK if budget.requests is None else budget.requests - needed
    more = min(SHRINKING * MOST_SHRUNK, max(room, 0)) if kept else 0
    return Prospect(kept, needed + more, spent + more * (spent // max(needed, 1)), more, left_out)


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


def _pool(operation: str, subject: Subject, most: int, seed: int, *, broken: bool) -> Pool:
    """Draw the cases of one operation; of those broken enough to choose from, so that few ways are left out."""
    pool = Pool(operation, broken, seed, most * CHOICE if broken else most, ())
    drawn = draw(pool.strategy(subject), pool.drawn, seed)
    alone = {wire(case.send): case for case in reversed(drawn)}
    unlike = [case for case in drawn if alone[wire(case.send)] is case]
    return replace(pool, sent=_spread(unlike, most))


def _spread(drawn: Sequence[Case], most: int) -> tuple[Case, ...]:
    """Return as many as there may be, in their order: the first of each way to break a request, then the second."""
    seen: Counter[tuple[str, str]] = Counter()
    ranked: list[tuple[int, int]] = []
    for place, case in enumerate(drawn):
        way = (case.mutation, case.param) if case.mutation else ("", str(place))
        ranked.append((seen[way], place))
        seen[way] += 1
    return tuple(drawn[place] for place in sorted(place for _, place in sorted(ranked)[:most]))


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
    for case in pool.sent:
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
