"""First contact: who can be judged, and who cannot, in one line."""

import asyncio
import json
from typing import Any

import pytest

from cozecheck import meeting
from cozecheck.errors import NoVerdictError
from cozecheck.exchange import Exchange, Request, Response
from cozecheck.meeting import Met, meet, model_ids
from cozecheck.probe import Endpoint, Limits, Probe
from cozecheck.scenarios import Send, Subject
from tests.probe.hostile import Behaviour, Reader, Writer, answer, asked, hanging_after, saying, serving

HASTY = Limits(connect=0.5, first_byte=0.5, idle=0.5, total=1.0)
MODELS = {"object": "list", "data": [{"id": "text-embedding-3"}, {"id": "local"}, {"id": "other"}]}
EMBEDS = "text-embedding-3"
HELLO = {"choices": [{"message": {"content": "Hello."}}], "usage": {"total_tokens": 7}}


def body(value: Any, status: str = "200 OK") -> bytes:
    return answer(json.dumps(value).encode(), b"content-type: application/json", status=status.encode())


def error(status: str, message: str) -> bytes:
    return body({"error": {"message": message, "type": "t", "param": None, "code": None}}, status)


def speaking(listed: bytes, *chat: bytes) -> Behaviour:
    """Answer the list of models, and then one question after the other; empty is no answer at all."""
    answers = list(chat)

    async def behave(reader: Reader, writer: Writer) -> None:
        while True:
            about = (await asked(reader)).split(b" ", 1)[0]
            said = listed if about == b"GET" else answers.pop(0)
            if not said:
                return
            writer.write(said)
            await writer.drain()

    return behave


def met(behaviour: Behaviour, model: str | None = None, key: str | None = None) -> Met:
    async def run() -> Met:
        async with serving(behaviour) as base_url, Probe(Endpoint(base_url, key), HASTY) as probe:
            return await meet(probe, model, seed=3)

    return asyncio.run(run())


def refused(behaviour: Behaviour, model: str | None = None, key: str | None = None) -> str:
    with pytest.raises(NoVerdictError) as caught:
        met(behaviour, model, key)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_listed_model_that_chats_is_asked() -> None:
    assert met(speaking(body(MODELS), body(HELLO))) == Met(Subject("local", 3, embedding_model=EMBEDS), 2, 7)


def test_the_model_that_was_named_is_asked() -> None:
    assert met(speaking(body(MODELS), body(HELLO)), "mine").subject.model == "mine"


def test_without_a_list_the_usual_model_is_asked() -> None:
    for listed in (error("404 Not Found", "no"), body({"data": None}), answer(b"<html>"), b""):
        assert met(speaking(listed, body(HELLO))).subject.model == meeting.USUAL


def test_a_model_that_wants_the_other_cap_gets_it() -> None:
    other = error("400 Bad Request", "Unsupported parameter: use 'max_completion_tokens' instead.")
    assert met(speaking(body(MODELS), other, body(HELLO))) == Met(
        Subject("local", 3, "max_completion_tokens", EMBEDS), 3, 7
    )


ALL_KINDS = ("my-embedder", "DALL-E-3", "some-tts", "other-tts", "big-transcribe", "local")


def test_other_models_are_chosen_from_the_list() -> None:
    listed = {"data": [{"id": id} for id in ALL_KINDS]}
    subject = met(speaking(body(listed), body(HELLO))).subject
    assert subject == Subject("local", 3, "max_tokens", "my-embedder", "DALL-E-3", "some-tts", "big-transcribe")


def test_the_usual_other_models_are_asked_where_they_are_listed_or_nothing_like_them_is() -> None:
    usual = Subject("local", 3)
    listed = {"data": [{"id": "local"}, {"id": "embed-1"}, {"id": usual.embedding_model}]}
    assert met(speaking(body(listed), body(HELLO))).subject == usual


def test_other_models_that_were_named_are_asked() -> None:
    async def run() -> Met:
        behaviour = speaking(body(MODELS), body(HELLO))
        async with serving(behaviour) as base_url, Probe(Endpoint(base_url), HASTY) as probe:
            return await meet(probe, None, 0, {"embedding_model": "mine"})

    assert asyncio.run(run()).subject.embedding_model == "mine"


def test_first_contact_costs_no_more_than_is_said() -> None:
    hello = Send("hello", json=Subject("a-model-with-quite-a-long-name").ask("Say hello.", 16))
    assert 2 * hello.tokens <= meeting.MOST_TOKENS


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (saying(), "cannot be judged: the connection was closed before a response came; is the server running"),
        (hanging_after(b""), "cannot be judged: no response within 0.5 s; is the server running"),
        (speaking(answer(b"<html>"), answer(b"<html>")), "answers HTML, which is not OpenAI's API; does the base URL"),
        (speaking(answer(b""), answer(b"")), "answers 200 without JSON, which is not OpenAI's API"),
        (
            speaking(body({"detail": "Not Found"}, "404 Not Found"), body({"detail": "Not Found"}, "404 Not Found")),
            "answers 404 to everything, which is not OpenAI's API; does the base URL lack its /v1",
        ),
        (
            speaking(error("401 Unauthorized", "no"), error("401 Unauthorized", "who?")),
            "the target refuses our key (401: who?); give one with --api-key or OPENAI_API_KEY",
        ),
        (
            speaking(answer(b"no", status=b"403 No"), answer(b"no", status=b"403 No")),
            "the target refuses our key (403: no reason given)",
        ),
        (
            speaking(body(MODELS), error("404 Not Found", "The model `local` does not exist")),
            "does not have the model 'local' (The model `local` does not exist); name one with --model",
        ),
    ],
)
def test_who_cannot_be_judged_is_told_why(behaviour: Behaviour, words: str) -> None:
    assert words in refused(behaviour)


def test_a_model_that_was_named_may_be_misspelt() -> None:
    unknown = error("404 Not Found", "The model `mni` does not exist")
    assert refused(speaking(body(MODELS), unknown), "mni").endswith("is it spelt right?")


def test_nobody_is_there() -> None:
    async def run() -> None:
        async with Probe(Endpoint("http://127.0.0.1:9/v1"), HASTY) as probe:
            await meet(probe, None, 0)

    with pytest.raises(NoVerdictError, match=r"^http://127\.0\.0\.1:9/v1 cannot be judged: cannot connect"):
        asyncio.run(run())


def test_a_target_that_repeats_the_key_does_not_make_us_repeat_it() -> None:
    echo = error("401 Unauthorized", "wrong key: hunter2-hunter2")
    assert "hunter2" not in refused(speaking(echo, echo), key="hunter2-hunter2")


@pytest.mark.parametrize(
    ("listed", "ids"),
    [
        (MODELS, ["text-embedding-3", "local", "other"]),
        ([{"id": "bare"}], ["bare"]),
        ({"data": [1, {}, {"id": 3}, {"id": ""}, {"id": "two\nlines"}, {"id": "\ud800"}, {"id": "fine"}]}, ["fine"]),
        ({"data": {"id": "x"}}, []),
        ("nothing", []),
    ],
)
def test_the_names_of_models_are_found_in_whatever_is_listed(listed: Any, ids: list[str]) -> None:
    response = Response(200, body=json.dumps(listed).encode())
    assert list(model_ids(Exchange(Request("GET", "http://h/v1/models"), response))) == ids
