"""A suite, sent anew: by the official client, byte for byte, and recorded by vcrpy."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
import vcr

from cozecheck.cassettes import suite as studio
from cozecheck.cassettes.suite import Studio, Take
from cozecheck.errors import NoVerdictError
from cozecheck.exchange import Exchange, Failure, FailureKind, Headers, Request, Response
from cozecheck.recordings import Recording
from reference_server.app import create_app
from tests import suite
from tests.cli.commands import target
from tests.probe.hostile import saying
from tests.reference import KEY, settings
from tests.servers import running

JSON = ("content-type", "application/json")
CHAT = {"model": suite.MODEL, "messages": [{"role": "user", "content": "Say hello."}]}
OLD_FILE, OLD_RESPONSE = "file-OldOldOldOldOld1", "resp_0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running(create_app(settings())) as base_url:
        yield base_url


def asked(
    method: str,
    path: str,
    body: bytes | dict[str, Any] = b"",
    answer: Any = None,
    *headers: tuple[str, str],
    failure: Failure | None = None,
    status: int = 200,
    **notes: Any,
) -> Recording:
    """Build a recording as it may stand in a golden cassette."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = Headers((*headers, JSON) if content and not headers else headers)
    request = Request(method, f"https://api.openai.com/v1{path}", lines, content)
    response = Response(status, Headers((JSON,)), json.dumps(answer or {}).encode())
    return Recording(Exchange(request, response, failure), "vcrpy", notes=notes)


def taken(server: str, originals: Sequence[Recording], **options: Any) -> list[Take]:
    return list(Studio(server, KEY, 10.0, lambda: 0.0, **options).record(originals))


def exchange(take: Take) -> Exchange:
    assert take.recording is not None, take.lost
    return take.recording.exchange


def response(take: Take) -> Response:
    found = exchange(take).response
    assert found is not None
    return found


def test_a_request_is_sent_byte_for_byte_and_says_from_whom_and_when(server: str) -> None:
    body = b'{"model":"gpt-4o-mini",  "messages":[{"role":"user","content":"caf\\u00e9 \xc3\xa9"}]}'
    (take,) = taken(server, [asked("POST", "/chat/completions", body)])
    assert exchange(take).request.body == body
    assert exchange(take).request.url == f"{server}/chat/completions"
    assert response(take).json["object"] == "chat.completion"
    assert take.recording is not None
    assert take.recording.provenance.startswith(f"recorded from {server[7:-3]} on 1970-01-01 by cozecheck ")
    assert take.recording.notes["sdk"].startswith("openai-python 3.")
    assert take.recording.at == 0.0


def test_streams_and_refusals_are_recorded(server: str) -> None:
    takes = taken(
        server,
        [
            asked("POST", "/chat/completions", {**CHAT, "stream": True}),
            asked("GET", "/models/no-such-model"),
            asked("POST", "/chat/completions", b"{no json"),
            asked("PUT", "/chat/completions", CHAT),
        ],
    )
    assert response(takes[0]).stream.events[-1].data == "[DONE]"
    assert [response(take).status for take in takes[1:]] == [404, 400, 405]


def test_a_key_that_is_wrong_or_missing_on_purpose_stays_so(server: str) -> None:
    wrong = ("authorization", "Bearer sk-cozecheck-wrong-key-0000000000000000")
    takes = taken(server, [asked("GET", "/models", b"", None, wrong), asked("GET", "/models", status=401)])
    assert [response(take).status for take in takes] == [401, 401]
    assert exchange(takes[0]).request.headers.get("authorization") == wrong[1]
    assert exchange(takes[1]).request.headers.get("authorization") is None


def test_ids_of_earlier_answers_are_carried_over(server: str) -> None:
    form = (
        b'--b\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n--b\r\n'
        b'content-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhello\r\n--b--\r\n'
    )
    multipart = ("content-type", "multipart/form-data; boundary=b")
    first = {"model": suite.MODEL, "input": "Say hello."}
    takes = taken(
        server,
        [
            asked("POST", "/files", form, {"id": OLD_FILE, "object": "file"}, multipart),
            asked("GET", f"/files/{OLD_FILE}/content"),
            asked("POST", "/responses", first, {"id": OLD_RESPONSE, "object": "response"}),
            asked("POST", "/responses", {**first, "previous_response_id": OLD_RESPONSE}),
            asked("DELETE", f"/files/{OLD_FILE}"),
        ],
    )
    assert [response(take).status for take in takes] == [200] * 5
    assert response(takes[1]).content == b"hello"
    assert response(takes[3]).json["previous_response_id"] == response(takes[2]).json["id"]


def test_two_takes_keep_their_ids_apart(server: str) -> None:
    first = {"model": suite.MODEL, "input": "Say hello."}
    originals = [
        asked("POST", "/responses", first, {"id": OLD_RESPONSE, "object": "response"}),
        asked("GET", f"/responses/{OLD_RESPONSE}"),
    ]
    takes = taken(server, originals, takes=2)
    assert [take.recording and take.recording.notes["take"] for take in takes] == [1, 2, 1, 2]
    ids = [response(take).json["id"] for take in takes]
    assert ids[:2] == ids[2:]
    assert len(set(ids)) == 2


def test_what_cannot_be_sent_anew_is_said(server: str) -> None:
    cut = Failure(FailureKind.CUT, "cut")
    originals = [asked("GET", "/models", failure=cut), asked("GET", "/models", status=429)]
    never = asked("POST", "/chat/completions", CHAT, status=400, replayable=False)
    assert [take.lost for take in taken(server, [*originals, never])] == [
        "an answer that breaks off cannot be asked for",
        "a server cannot be asked to be out of breath, or broken",
        "what these are about does not come at will, and did not come",
    ]


def test_no_more_is_sent_than_allowed(server: str) -> None:
    left = ["", ""]
    takes = Studio(server, KEY, 10.0, lambda: 0.0).record(
        [asked("GET", "/models")] * 3, lambda: left.pop() if left else "enough"
    )
    assert [take.lost for take in takes] == ["", "", "enough"]


def test_an_answer_that_breaks_off_is_lost_and_said() -> None:
    with target(saying(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc")) as base_url:
        (take,) = taken(base_url, [asked("GET", "/models")])
    assert take.recording is None
    assert take.lost.startswith("the answer broke off: ")


def test_nobody_there_is_no_verdict() -> None:
    with pytest.raises(NoVerdictError, match=r"nobody answers at http://127.0.0.1:9/v1: .*refused"):
        taken("http://127.0.0.1:9/v1", [asked("GET", "/models")])


def test_a_recorder_that_sees_nothing_is_no_verdict(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    blind = vcr.VCR(ignore_hosts=["127.0.0.1"])
    blind.register_persister(studio._Nowhere)
    seen_by = Studio(server, KEY, 10.0, lambda: 0.0)
    monkeypatch.setattr(seen_by, "_recorder", blind)
    with pytest.raises(NoVerdictError, match=r"vcrpy .* saw nothing of what openai .* sent"):
        list(seen_by.record([asked("GET", "/models")]))
