"""Checks of event streams: exchanges and what is found in them."""

import gzip

import pytest

from cozecheck.exchange import Exchange, Read
from tests.checks.tables import Case, departs, found, holds, ignored, unsettled
from tests.examples import HELLO, answer, asking, chat_stream, chunk, exchange, recorded, stream

SOUND = chat_stream(*HELLO)
NUMBERS = tuple(chunk({"content": f"{number}, "}) for number in range(20))


def sent(body: bytes, **more: object) -> Exchange:
    return exchange(asking(stream=True), body, headers={"content-type": "text/event-stream"}, **more)  # type: ignore[arg-type]


def timed(*seconds: float, events: int = 20) -> dict[str, Exchange]:
    reads = tuple(Read(each, 100) for each in seconds)
    return {"first": stream(*NUMBERS[:events], reads=reads)}


def spread(start: float, step: float) -> dict[str, Exchange]:
    return timed(*(start + step * number for number in range(20)))


CASES = (
    holds("sse.utf8", "UTF-8", stream(chunk({"content": "日本語"}))),
    departs("sse.utf8", "one byte of Latin-1", sent(b'data: {"content": "caf\xe9"}\n\n'), "body"),
    holds("sse.fields", "data", stream()),
    holds("sse.fields", "comments, events, ids and delays", sent(b": ping\nevent: a\nid: 1\nretry: 9\n" + SOUND)),
    departs("sse.fields", "a stray line", sent(SOUND + b"ok\n\n"), ""),
    departs("sse.fields", "bare JSON", sent(SOUND + b'{"error": "late"}\n\n'), ""),
    ignored("sse.fields", "a body", answer()),
    holds("sse.data-json", "JSON and [DONE]", stream()),
    holds("sse.data-json", "[DONE] with a space after it", stream(*HELLO, "[DONE] ", done=False)),
    holds("sse.data-json", "JSON over several lines", sent(b'data: {"a":\ndata: 1}\n\n')),
    holds("sse.data-json", "a stream that a recorder cut", recorded(sent(SOUND[:200]))),
    departs("sse.data-json", "PING as data", stream("PING", *HELLO), "event 1"),
    departs("sse.data-json", "empty data", sent(b"data:\n\n" + SOUND), "event 1"),
    departs("sse.data-json", "NaN", sent(b'data: {"a": NaN}\n\n' + SOUND), "event 1"),
    departs("sse.data-json", "a live stream that is cut", sent(SOUND[:200]), "event 1"),
    departs("sse.data-json", "a bad event in a recording", recorded(stream("PING", *HELLO)), "event 1"),
    holds("sse.line-style", "as OpenAI writes", stream()),
    holds("sse.line-style", "comments", sent(b": ping\n\n" + SOUND)),
    departs("sse.line-style", "CRLF", sent(SOUND.replace(b"\n", b"\r\n")), "body"),
    departs("sse.line-style", "CR", sent(SOUND.replace(b"\n", b"\r")), "body"),
    departs("sse.line-style", "no space", sent(SOUND.replace(b"data: ", b"data:")), "body"),
    departs("sse.line-style", "a byte order mark", sent(b"\xef\xbb\xbf" + SOUND), "body"),
    holds("sse.last-event-terminated", "a blank line", stream()),
    holds("sse.last-event-terminated", "a comment after it", sent(SOUND + b": bye")),
    departs("sse.last-event-terminated", "one line end", sent(SOUND[:-1]), "body"),
    departs("sse.last-event-terminated", "none", sent(SOUND[:-2]), "body"),
    holds("sse.encoding", "none", stream()),
    departs(
        "sse.encoding",
        "gzip",
        exchange(
            asking(stream=True),
            gzip.compress(SOUND, mtime=0),
            headers={"content-type": "text/event-stream", "content-encoding": "gzip"},
        ),
        "content-encoding",
    ),
    holds("sse.event-names", "none", stream()),
    holds("sse.event-names", "a default name", sent(b"event: message\n" + SOUND)),
    holds("sse.event-names", "an error", sent(SOUND + b'event: error\ndata: {"error": {"message": "x"}}\n\n')),
    departs("sse.event-names", "a name", sent(b"event: chunk\n" + SOUND), "event 1"),
    ignored(
        "sse.event-names",
        "a Responses stream",
        exchange({"stream": True}, b"event: response.created\ndata: {}\n\n", path="/responses"),
    ),
    holds("sse.incremental", "an event every 50 ms", spread(0.2, 0.05)),
    holds("sse.incremental", "a long wait, then a quick engine", spread(2.0, 0.005)),
    departs("sse.incremental", "all at once, at the end", timed(1.0, 1.001), ""),
    departs("sse.incremental", "in many reads, all at once", spread(1.0, 0.0001), ""),
    unsettled("sse.incremental", "too quick to tell", timed(0.01, 0.011)),
    unsettled("sse.incremental", "too short to tell", timed(1.0, 1.0, events=3)),
    unsettled("sse.incremental", "reads that were not timed", {"first": stream(*NUMBERS)}),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_sse(case: Case) -> None:
    assert found(case) == (case.outcome, case.at)
