"""Recorded requests, made ready for somebody else: what goes along, what stays behind, what cannot be sent."""

import json
from dataclasses import replace
from typing import Any

import pytest

from cozecheck.exchange import Failure, FailureKind
from cozecheck.recordings import Recording
from cozecheck.replay import ModelMap
from cozecheck.replay.asking import asking, incomparable, obstacle
from tests.examples import asking as question
from tests.examples import chat_body, error
from tests.replay.cassettes import OPENAI, recorded

FORM = (
    b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n'
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n\x00whisper-1\xff\r\n--x--\r\n'
)
MULTIPART = {"content-type": "multipart/form-data; boundary=x"}
AZURE = "https://x.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-06-01"


def cut(recording: Recording) -> Recording:
    return replace(
        recording,
        exchange=replace(recording.exchange, request=replace(recording.exchange.request, is_whole=False)),
    )


@pytest.mark.parametrize(
    ("recording", "path"),
    [
        (recorded(question(), chat_body()), "/chat/completions"),
        (recorded(path="/responses/resp_1?stream=true", method="GET"), "/responses/resp_1?stream=true"),
        (recorded(path="/files/file-1?api_key=sk-1&after=file-1", method="GET"), "/files/file-9?after=file-9"),
        (recorded(path="https://gate.example/openai/v1/embeddings"), "/embeddings"),
        (recorded(path="https://gate.example/llm/chat/completions"), "/chat/completions"),
        (recorded(path="/models/gpt-4o", method="GET"), "/models/coze/pro"),
        (recorded({"messages": []}, path=AZURE), "/chat/completions"),
    ],
)
def test_the_path_goes_below_the_base_url(recording: Recording, path: str) -> None:
    send = asking(recording.exchange, ModelMap((("gpt-4o", "coze/pro"),)), {"file-1": "file-9"})
    assert send.path == path


def test_keys_stay_behind_and_what_means_something_goes_along() -> None:
    sent = {"openai-beta": "assistants=v2", "idempotency-key": "i-1", "openai-organization": "org-1", "cookie": "c=1"}
    send = asking(recorded(question(), sent=sent).exchange, ModelMap(), {})
    assert dict(send.headers) == {
        "content-type": "application/json",
        "openai-beta": "assistants=v2",
        "idempotency-key": "i-1",
    }
    assert send.key == "right"


def test_a_body_that_needs_no_other_names_is_sent_byte_for_byte() -> None:
    body = b'{ "model" : "gpt-4o-mini",  "messages":[] , "temperature": 1.0 }'
    assert asking(recorded(body).exchange, ModelMap(), {}).body == body
    assert asking(recorded(b"{ no JSON").exchange, ModelMap((("*", "x"),)), {"a": "b"}).body == b"{ no JSON"


def test_models_and_ids_get_their_new_names_wherever_they_stand() -> None:
    body = {"model": "gpt-4o", "input": [{"call_id": "call_1", "output": "call_1 is done"}]}
    send = asking(recorded(body).exchange, ModelMap((("gpt-4o", "coze-pro"),)), {"call_1": "call_9"})
    assert json.loads(send.body) == {
        "model": "coze-pro",
        "input": [{"call_id": "call_9", "output": "call_1 is done"}],
    }


def test_azure_names_the_model_in_its_path() -> None:
    send = asking(recorded({"messages": []}, path=AZURE).exchange, ModelMap((("gpt-4o", "coze-pro"),)), {})
    assert json.loads(send.body) == {"messages": [], "model": "coze-pro"}


def test_a_form_keeps_its_files_and_names_another_model() -> None:
    recording = recorded(FORM, path="/audio/transcriptions", sent=MULTIPART)
    send = asking(recording.exchange, ModelMap((("whisper-1", "ear"),)), {})
    assert send.body == FORM.replace(b"\r\n\r\nwhisper-1", b"\r\n\r\near")


@pytest.mark.parametrize(
    ("answered", "key"),
    [(error("x", code="invalid_api_key"), "wrong"), (error("You didn't provide an API key."), "none")],
)
def test_a_refused_key_is_shown_by_another_that_is_refused(answered: Any, key: str) -> None:
    recording = recorded(question(), answered, status=401)
    assert asking(recording.exchange, ModelMap(), {}).key == key
    assert obstacle(recording, keyed=True) == ""
    assert obstacle(recording, keyed=False) == "it is about keys, and the target is given none"


@pytest.mark.parametrize(
    ("recording", "why"),
    [
        (recorded(question(), method="BREW"), "its method is 'BREW'"),
        (recorded(path="https://example.com/v1/messages"), "it is no request to OpenAI's API"),
        (recorded(path="https://example.com/"), "it is no request to OpenAI's API"),
        (recorded(path="/chat/%2e%2e/admin"), "its path cannot be sent"),
        (recorded(path="/chat/a b"), "its path cannot be sent"),
        (cut(recorded(question())), "its body was cut or blacked out by the recorder"),
        (recorded(path="/files", sent=MULTIPART), "its files were not kept by the recorder"),
        (
            recorded(path="/files", answered="x", asked=FORM[:60], sent=MULTIPART),
            "its files were not kept by the recorder",
        ),
        (recorded(path="/models/ft:gpt-4o", method="DELETE"), "it deletes a model"),
        (recorded(path="/models/none", method="DELETE", status=404), ""),
        (recorded(question()), ""),
    ],
)
def test_what_cannot_be_sent_says_why(recording: Recording, why: str) -> None:
    assert obstacle(recording, keyed=True) == why


def test_a_url_that_is_blacked_out_cannot_be_sent() -> None:
    recording = recorded(question())
    blacked = replace(recording.exchange.request, url="")
    assert obstacle(replace(recording, exchange=replace(recording.exchange, request=blacked)), keyed=True)


@pytest.mark.parametrize(
    ("recording", "why"),
    [
        (recorded(question(), chat_body()), ""),
        (recorded(question(), status=429), "the original could not answer just then (429)"),
        (recorded(question(), status=503), "the original could not answer just then (503)"),
        (recorded(question(), status=403), "the original refused the key (403)"),
        (
            recorded(headers={"content-type": "text/event-stream"}),
            "the original's stream was recorded without its body",
        ),
    ],
)
def test_an_answer_that_says_nothing_of_another_says_why(recording: Recording, why: str) -> None:
    assert incomparable(recording.exchange) == why


def test_half_an_answer_is_no_yardstick() -> None:
    whole = recorded(question(), chat_body()).exchange
    assert incomparable(replace(whole, response=None)) == "the original gave no answer"
    assert incomparable(replace(whole, failure=Failure(FailureKind.CUT, "x"))) == "the original's answer was cut"
    assert incomparable(replace(whole, left=True)) == "the recorded client left before the end"


def test_the_recorded_url_is_openais() -> None:
    assert recorded().exchange.request.url.startswith(OPENAI)
