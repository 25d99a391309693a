"""Real traffic, where the recordings stand beside this folder: OpenAI's fails nothing, other servers' is found out."""

import gzip
import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from cozecheck import recordings
from cozecheck.checks import ALL
from cozecheck.checks.judging import Bench
from cozecheck.findings import DEPARTURE, Outcome

RECORDINGS = Path(__file__).parents[2] / "shared" / "recordings"
OPENAI = RECORDINGS / "openai.jsonl.gz"
if not OPENAI.exists():
    pytest.skip(
        "left out: real recordings; put them at ../shared/recordings and run pytest tests/test_real_recordings.py",
        allow_module_level=True,
    )
STATED = {"errors.body-present": 1, "responses.stream.sequence-present": 2}
"""What OpenAI's own traffic departs from at level SHOULD, and how often.

One 500 was recorded without its body; streams of responses were numbered from the spring of 2025 on, not at once.
"""

RETRIEVE = (2,)
STREAMS = (5, 6, 7)
DEPARTURES: dict[str, dict[str, tuple[int, ...]]] = {
    "llamacpp_python": {
        "models.retrieve": RETRIEVE,
        "models.item-fields": (1,),
        "errors.invalid-not-5xx": (47, 48, 49, 50, 53, 56, 61, 68),
        "errors.malformed-body": (42, 43, 44),
        "errors.envelope": (42, 43),
        "errors.unknown-route": (66,),
        "request.required": (45,),
        "request.content-array": (34,),
        "request.developer-role": (35,),
        "request.documented-params": (26,),
        "request.n": (8,),
        "request.max-completion-tokens": (33,),
        "request.bounds.max-tokens": (58,),
        "usage.stream-included": (6,),
        "models.unknown-rejected": (39, 40),
        "request.unknown-param": (54,),
        "chat.refusal-key": (4,),
        "tools.choice-honoured": (10,),
        "tools.legacy-unasked": (11, 12),
        "tools.stream.accumulates": (12,),
        "tools.stream.name-once": (12,),
        "tools.stream.id-once": (12,),
        "tools.choice-impossible": (14, 15),
        "tools.roundtrip-null-content": (16,),
        "logprobs.bytes": (18, 19, 21),
        "structured.schema-accepted": (26, 27),
        "structured.bad-schema": (30,),
        "structured.type-enum": (31,),
        "completions.stream.usage-included": (70,),
        "completions.prompt-array": (71,),
        "completions.n": (73,),
        "completions.required": (74,),
        "embeddings.answered": (75, 76, 77, 78, 79),
        "embeddings.input-empty": (80,),
        "embeddings.input-required": (81,),
    },
    "transformers_serve": {
        "models.retrieve": RETRIEVE,
        "models.list": (1,),
        "chat.stream.done-terminator": STREAMS,
        "chat.stream.finish-key": STREAMS,
        "chat.id-prefix": (4,),
        "chat.stream.id-prefix": (5,),
        "usage.stream-unrequested": (5, 7),
        "usage.stream-empty-choices": (6,),
        "request.stop-excluded": (22, 23, 24),
        "request.n": (8,),
        "models.unknown-status": (39, 40),
        "errors.envelope": (39, 42, 45, 46, 47, 50, 58, 66),
        "errors.invalid-not-5xx": (45, 46, 47, 50, 58, 61),
        "transport.stream-as-asked": (83, 85),
        "chat.model-echo": (4,),
        "chat.stream.model-echo": (5,),
        "tools.choice-honoured": (10, 11, 12),
        "logprobs.present": (18, 19, 21),
        "structured.no-fence": (26, 27, 28),
        "structured.json-object": (29,),
        "structured.bad-schema": (30,),
        "completions.stream.done-terminator": (70,),
        "completions.stream.finish-null": (70,),
        "completions.stream.usage-alone": (70,),
        "completions.prompt-array": (71,),
        "completions.echo": (72,),
        "completions.logprobs": (72,),
        "completions.n": (73,),
        "completions.required": (74,),
        "responses.created-at": (83, 84, 85),
        "responses.model-echo": (83, 84, 85),
        "responses.missing-input": (86,),
    },
    "litellm_mock": {
        "models.unknown-status": (39, 40),
        "models.unknown-code": (39, 40),
        "errors.code-meaning": (39, 42, 86),
        "usage.stream-empty-choices": (6,),
        "chat.stream.finish-last": (6,),
        "chat.stream.role-once": (7,),
        "chat.stream.finish-terminal": (7,),
        "chat.stream.finish-key": (5, 6),
        "errors.malformed-body": (44,),
        "request.stop-excluded": (22,),
        "request.max-tokens": (4, 32),
        "request.types": (50,),
        "usage.stream-null-elsewhere": (6,),
        "tools.choice-honoured": (10, 11, 12),
        "logprobs.present": (18, 19, 21),
        "structured.schema-json": (26, 27),
        "structured.json-object": (28, 29),
        "completions.max-tokens": (69, 71),
        "completions.stream.schema": (70,),
        "completions.stream.usage-alone": (70,),
        "completions.prompt-array": (71,),
        "embeddings.usage-sum": (75, 76),
        "embeddings.count": (76,),
        "embeddings.encoding": (77,),
        "embeddings.input-empty": (80,),
        "responses.max-output-tokens": (83, 85),
        "responses.parameters-repeated": (83, 85),
        "responses.usage-details": (83, 85),
        "responses.answered": (84,),
        "responses.unknown-id": (87,),
    },
    "mockllm": {
        "models.retrieve": RETRIEVE,
        "chat.stream.id-constant": STREAMS,
        "errors.invalid-not-5xx": (41, 45, 50),
        "errors.malformed-body": (42, 43, 44),
        "request.content-array": (34,),
        "errors.envelope": (41, 42),
        "usage.stream-included": (6,),
        "tools.choice-honoured": (10, 11, 12),
        "tools.roundtrip-null-content": (16,),
        "logprobs.present": (18, 19, 21),
        "structured.schema-json": (26, 27),
        "structured.json-object": (28, 29),
    },
    "fakellm": {
        "models.list": (1,),
        "models.retrieve": RETRIEVE,
        "errors.malformed-body": (42,),
        "errors.envelope": (1, 42, 66),
        "request.types": (48, 50, 56),
        "tools.choice-honoured": (10, 11, 12),
        "logprobs.present": (18, 19, 21),
        "structured.schema-json": (26, 27),
        "structured.json-object": (28, 29),
    },
    "katan_echo": {
        "models.retrieve": RETRIEVE,
        "transport.stream-as-asked": (12,),
        "request.n": (8,),
        "chat.finish-length": (32,),
        "usage.stream-unrequested": (5,),
        "usage.stream-empty-choices": (6,),
        "errors.keys": (41,),
        "tools.choice-honoured": (13,),
        "tools.choice-impossible": (14, 15),
        "logprobs.present": (18, 19, 21),
        "structured.schema-json": (26, 27),
    },
    "aimock": {
        "models.retrieve": RETRIEVE,
        "request.n": (7, 8),
        "request.stop-excluded": (22, 23, 24),
        "request.max-tokens": (4, 32),
        "request.max-completion-tokens": (33,),
        "request.required": (41, 46, 49),
        "request.types": (48, 50, 56, 60),
        "request.bounds.temperature": (51, 52),
        "request.bounds.top-p": (53,),
        "request.bounds.n": (55,),
        "request.bounds.top-logprobs": (21,),
        "request.bounds.stop": (25,),
        "request.bounds.max-tokens": (58,),
        "models.unknown-rejected": (39, 40),
        "request.unknown-param": (54,),
        "tools.choice-honoured": (13,),
        "tools.choice-impossible": (14, 15),
        "logprobs.present": (18, 19, 21),
        "structured.json-object": (29,),
        "structured.bad-schema": (30,),
        "structured.type-enum": (31,),
        "embeddings.usage-positive": (75, 76),
        "embeddings.unit-length": (75, 76),
        "embeddings.distinct": (76,),
        "embeddings.encoding": (77,),
        "embeddings.dimensions": (78,),
        "embeddings.input-empty": (80,),
        "responses.id-prefix": (83, 84, 85),
        "responses.tool-keys": (83, 84, 85),
        "responses.usage-details": (83, 84, 85),
        "responses.stream.sequence-present": (84,),
        "responses.missing-input": (86,),
    },
    "openai_mock_api": {
        "models.retrieve": RETRIEVE,
        "transport.content-type": STREAMS,
        "errors.unknown-route": (66,),
        "models.retrieve-unknown": (3,),
        "request.developer-role": (35,),
        "tools.finish-reason": (9, 10),
        "tools.stream.index-present": (12,),
        "tools.choice-honoured": (13,),
        "logprobs.present": (18, 19, 21),
        "structured.schema-json": (26, 27),
        "structured.json-object": (28, 29),
    },
    "optillm": {
        "models.retrieve": RETRIEVE,
        "errors.envelope": (2, 49, 50, 55, 56, 58, 66),
        "errors.invalid-not-5xx": (49, 50, 55, 56, 58, 61),
        "errors.context-length": (67,),
        "chat.stream.chunked": STREAMS,
        "errors.unknown-route": (66,),
        "tools.choice-honoured": (10, 11, 12),
        "logprobs.present": (19,),
        "structured.bad-schema": (30,),
        "structured.type-enum": (31,),
    },
    "portkey": {
        "request.stream": (5,),
        "errors.envelope": (1, 5, 42),
        "errors.malformed-body": (42,),
        "models.list": (1,),
        "errors.code-type": (20,),
        "tools.choice-honoured": (10, 11),
        "tools.accepted": (12,),
        "logprobs.accepted": (19,),
        "structured.schema-accepted": (27,),
        "completions.answered": (70,),
        "completions.echo": (72,),
        "completions.logprobs": (72,),
        "responses.tool-keys": (83, 85),
        "responses.usage-details": (83, 85),
        "responses.answered": (84,),
    },
}
"""Departures that are known from looking at the bytes: server, check, numbers of the requests that show it."""
ROWS = [
    (server, id, number) for server, rows in DEPARTURES.items() for id, numbers in rows.items() for number in numbers
]


def judge(path: Path) -> Bench:
    bench = Bench(ALL)
    for exchange in (each.exchange for each in recordings.read(path)):
        bench.judge(exchange)
    return bench


@cache
def found(server: str) -> frozenset[tuple[str, int]]:
    """Return each check that departs, and the number of the request."""
    path = RECORDINGS / "servers" / f"{server}.jsonl.gz"
    with gzip.open(path) as lines:
        numbers = [int(json.loads(line)["probe"].partition("_")[0]) for line in lines]
    places = ((each.check.id, int(each.exchange.id.rpartition(":")[2])) for each in judge(path).departures)
    return frozenset((id, numbers[line - 1]) for id, line in places)


def test_openai_keeps_its_own_promise() -> None:
    bench = judge(OPENAI)
    departures = Counter(each.check.id for each in bench.departures if DEPARTURE[each.check.level] is not Outcome.INFO)

    assert departures == STATED
    assert not [tally.error for tally in bench.tallies.values() if tally.error]


@pytest.mark.parametrize(("server", "id", "number"), ROWS)
def test_a_known_departure_is_found(server: str, id: str, number: int) -> None:
    assert (id, number) in found(server)
