"""What is sent at random, drawn before anything is sent: a budget can be told, and kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from types import MappingProxyType

from hypothesis.strategies import SearchStrategy

from cozecheck.properties.searching import draw
from cozecheck.scenarios import Send, Subject
from cozecheck.spending import Budget
from cozecheck.strategies import Case, additions, legal, ways
from cozecheck.views.cases import title

SEARCHED = (
    "chat.completions.create",
    "responses.create",
    "completions.create",
    "embeddings.create",
    "moderations.create",
    "responses.input_tokens.count",
    "conversations.create",
    "files.create",
    "audio.transcriptions.create",
    "audio.translations.create",
    "audio.speech.create",
    "images.generate",
)
"""The operations that need nothing that is there already."""
LEGAL = 4
"""Legal requests for each thing that is optional, where each way to break one has its turn once."""
FEW = 4
"""Cases of one kind, of which none is the simplest."""
STREAMED = ("chat.completions.create", "completions.create", "responses.create")
SHRINKING = 200
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
    subject: Subject, examples: int, seed: int, budget: Budget, operations: Sequence[str] = SEARCHED
) -> Prospect:
    """Draw *examples* cases, and keep as many as the *budget* has room for, of every operation the same share."""
    turns = {name: sum(_turns(name, subject)) for name in operations} if examples else {}
    pools = [
        _pool(name, subject, max(examples * share // sum(turns.values()), 2), seed) for name, share in turns.items()
    ]
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
    """Draw the cases of one operation in as many ways as there are: the simplest one, then others in any order."""
    unlike: dict[tuple[object, ...], Drawn] = {}
    for source, spared in _sources(operation, subject, most, seed):
        cases = draw(source.strategy, source.count, source.seed)
        for case in cases[spared:] or cases:
            unlike.setdefault(wire(case.send), Drawn(case, source))
    first, *others = unlike.values()
    Random(seed).shuffle(others)  # noqa: S311
    return Pool(operation, (first, *others))


def _turns(operation: str, subject: Subject) -> tuple[int, int]:
    """Return how many legal requests have their turn, and how many broken ones."""
    return LEGAL * (1 + len(additions(operation, subject))), len(ways(operation, subject))


def _sources(operation: str, subject: Subject, most: int, seed: int) -> Iterator[tuple[Source, int]]:
    """Yield what is drawn from, and how many of the first cases are left out: a single one is not the simplest."""
    sound, broken = _turns(operation, subject)
    spoilt = most * broken // (sound + broken)
    single = additions(operation, subject)
    plain = (most - spoilt) // 2 if single else 0
    yield Source(legal(operation, subject), most - spoilt - plain, seed), 0
    yield from _in_turn(single, plain, seed)
    yield from _in_turn(ways(operation, subject), spoilt, seed)


def _in_turn(strategies: Sequence[SearchStrategy[Case]], most: int, seed: int) -> Iterator[tuple[Source, int]]:
    """Yield each strategy for as many cases as the others, or some of them for one."""
    if most < len(strategies):
        strategies = Random(seed).sample(strategies, most)  # noqa: S311
    for place, each in enumerate(strategies):
        count = most // len(strategies) + (place < most % len(strategies))
        spared = 1 if count < FEW else 0
        yield Source(each, count + spared, seed + place), spared


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
