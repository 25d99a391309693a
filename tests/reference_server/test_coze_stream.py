"""What Coze says, as clients get it: every word once, nothing that is no answer, its cost."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from reference_server.engines.answers import obeyed
from tests.reference_server.asking import Json, chat, chunks
from tests.reference_server.coze_asking import MODEL, answer, ask, completed, in_front_of, piece, said
from tests.reference_server.coze_rules import Dialect
from tests.reference_server.fake_coze import FakeCoze, Run, Script, Step, begun, last, spoken
from tests.reference_server.visitors import until

DIALECTS: tuple[Dialect, ...] = ("cloud", "studio")
WITH_USAGE = {"stream": True, "stream_options": {"include_usage": True}}
COUNT = "Count to 7"


def content(seen: list[Json]) -> str:
    return "".join(choice["delta"].get("content") or "" for chunk in seen for choice in chunk["choices"])


Saying = Callable[[FakeCoze, Run], Step]


def bit(content: str, number: int = 1, **more: Any) -> Saying:
    return lambda fake, run: piece(fake, run, content, number, **more)


def whole(content: str, number: int = 1, **more: Any) -> Saying:
    return lambda fake, run: answer(fake, run, content, number, **more)


def happening(*of: Saying) -> Script:
    """A chat in which each of these says something, and that is completed."""

    def script(fake: FakeCoze, run: Run) -> Iterator[Step]:
        yield from begun(fake, run)
        yield from (each(fake, run) for each in of)
        yield completed(fake, run, usage={"token_count": 3, "output_count": 2, "input_count": 1})
        yield last(fake)

    return script


def answered(script: Script, dialect: Dialect = "cloud", **rest: Any) -> str:
    """What is said of a chat, which is the same in a stream and whole."""
    fake = FakeCoze(dialect, script)
    with in_front_of(fake, **rest) as client:
        streamed = list(chunks(client.post("/chat/completions", json=chat(stream=True))))
        collected = said(client.post("/chat/completions", json=chat()))
    assert content(streamed) == collected
    return collected


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_answer_is_said_once_and_nothing_else(dialect: Dialect) -> None:
    seen = list(chunks(ask(FakeCoze(dialect), chat(COUNT, **WITH_USAGE))))
    assert content(seen) == obeyed(COUNT)
    assert len(seen) > 10
    assert len({chunk["id"] for chunk in seen}) == 1
    finishes = [choice["finish_reason"] for chunk in seen for choice in chunk["choices"] if choice["finish_reason"]]
    assert finishes == ["stop"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_whole_answer_needs_one_call_and_no_polling(dialect: Dialect) -> None:
    fake = FakeCoze(dialect)
    assert said(ask(fake, chat(COUNT))) == obeyed(COUNT)
    assert (len(fake.runs), fake.retrieved) == (1, 0)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_usage_is_what_coze_says(dialect: Dialect) -> None:
    fake = FakeCoze(dialect)
    *_, last_chunk = chunks(ask(fake, chat(COUNT, **WITH_USAGE)))
    told = fake.runs[0].usage
    assert told
    assert last_chunk["usage"]["prompt_tokens"] == told["input_count"]
    assert last_chunk["usage"]["completion_tokens"] == told["output_count"]
    assert last_chunk["choices"] == []


def silent(fake: FakeCoze, run: Run) -> Iterator[Step]:
    """A chat that does not say what it costs."""
    yield from begun(fake, run)
    yield answer(fake, run, "Hello there")
    yield completed(fake, run)
    yield last(fake)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_usage_that_is_not_in_the_stream_is_asked_for(dialect: Dialect) -> None:
    def script(fake: FakeCoze, run: Run) -> Iterator[Step]:
        run.usage = {"token_count": 15, "output_count": 4, "input_count": 11}
        return silent(fake, run)

    fake = FakeCoze(dialect, script)
    usage = ask(fake).json()["usage"]
    assert (usage["prompt_tokens"], usage["completion_tokens"], fake.retrieved) == (11, 4, 1)


def test_usage_that_nobody_knows_is_counted_and_the_metrics_say_so() -> None:
    fake = FakeCoze("cloud", silent)
    with in_front_of(fake) as client:
        usage = client.post("/chat/completions", json=chat()).json()["usage"]
        metrics = client.get("../metrics").text
    assert (usage["completion_tokens"], fake.retrieved) == (2, 1)
    assert usage["prompt_tokens"] > 0
    assert 'coze_adapter_generation_tokens_total{usage_source="counted"} 2.0' in metrics


class Secretive(FakeCoze):
    """A Coze that tells nobody what a chat cost."""

    async def retrieve(self, _request: Request) -> Response:
        self.retrieved += 1
        return self.error(4100, "authentication is invalid", status=401)


def test_usage_that_can_not_be_asked_for_is_counted() -> None:
    fake = Secretive("cloud", silent)
    assert ask(fake).json()["usage"]["completion_tokens"] == 2
    assert fake.retrieved == 1


def test_several_answers_stand_apart() -> None:
    several = happening(
        bit("One"), whole("One"),
        bit("Two", 2), whole("Two", 2),
    )  # fmt: skip
    assert answered(several) == "One\n\nTwo"
    assert answered(several, separator=" | ") == "One | Two"


def test_an_answer_that_comes_again_after_another_is_said_once() -> None:
    # Studio repeats an answer to tell its cost, after a question that a workflow asked meanwhile.
    costs = {"meta_data": {"token": "9", "input_tokens": "4", "output_tokens": "5"}}
    asking = happening(
        bit("One"), whole("One"), bit("Which city?", 2), whole("Which city?", 2),
        interrupted, whole("One", 1, **costs),
    )  # fmt: skip
    assert answered(asking, "studio") == "One\n\nWhich city?"


def interrupted(fake: FakeCoze, run: Run) -> Step:
    content = '{"msg_type":"interrupt","data":"{}","from_module":null,"from_unit":null}'
    return "conversation.message.completed", fake.message(run, "verbose", content, 3)


def test_answers_that_are_told_at_once_are_said_whole() -> None:
    crossing = happening(bit("One"), bit("Two", 2), whole("One"), whole("Two", 2))
    assert answered(crossing) == "One\n\nTwo"


def test_a_card_is_said_though_it_comes_in_no_pieces() -> None:
    card = '{"card_type":1,"content":"a table"}'
    assert answered(happening(whole(card, content_type="card"))) == card


def test_an_answer_that_is_repeated_under_another_id_is_said_once() -> None:
    assert answered(happening(bit("Hi "), bit("you"), whole("Hi you", 9))) == "Hi you"


def test_what_a_model_thinks_is_kept_apart_from_what_it_says() -> None:
    script = happening(
        bit("", reasoning_content="Let me "), bit("", reasoning_content="see."),
        bit("Four"), whole("Four", reasoning_content="Let me see."),
    )  # fmt: skip
    fake = FakeCoze("cloud", script)
    with in_front_of(fake) as client:
        seen = list(chunks(client.post("/chat/completions", json=chat(stream=True))))
        message = client.post("/chat/completions", json=chat()).json()["choices"][0]["message"]
        text = client.post("/completions", json={"model": "m", "prompt": "2 + 2"}).json()["choices"][0]["text"]
        response = client.post("/responses", json={"model": "m", "input": "2 + 2"}).json()
    thoughts = [choice["delta"].get("reasoning_content", "") for chunk in seen for choice in chunk["choices"]]
    assert ("".join(thoughts), content(seen)) == ("Let me see.", "Four")
    assert (message["reasoning_content"], message["content"]) == ("Let me see.", "Four")
    assert text == "Four"
    assert response["output"][-1]["content"][0]["text"] == "Four"


def noisy(fake: FakeCoze, run: Run) -> Iterator[Step]:
    yield from begun(fake, run)
    noise: list[tuple[str, str]] = [
        ("knowledge", "recalled"),
        ("function_call", '{"name":"x"}'),
        ("tool_response", "raw"),
    ]
    before = [("conversation.message.completed", fake.message(run, kind, text, 7)) for kind, text in noise]
    unknown: list[Step] = [("PING", ""), ("conversation.audio.delta", {"content": "AAAA"}), ("something.new", "?")]
    leaked: list[Step] = [("conversation.message.delta", fake.message(run, "verbose", "inside", 8))]
    yield from spoken(fake, run, "Only this", before=[*before, *unknown, *leaked])


@pytest.mark.parametrize("dialect", DIALECTS)
def test_whatever_else_happens_in_a_chat_is_never_content(dialect: Dialect) -> None:
    assert answered(noisy, dialect) == "Only this"


@pytest.mark.parametrize(("stop", "expected"), [("5", "1, 2, 3, 4, "), ([", 3", "x"], "1, 2")])
def test_stop_sequences_are_kept_here_and_the_chat_is_cancelled(stop: Any, expected: str) -> None:
    fake = FakeCoze("cloud")
    with in_front_of(fake) as client:
        response = client.post("/chat/completions", json=chat("Count to 2000", stop=stop))
        assert said(response) == expected
        assert response.json()["choices"][0]["finish_reason"] == "stop"
        until(lambda: len(fake.cancelled) == 1)


def test_clients_of_anthropic_are_told_which_sequence_it_was() -> None:
    asked = {"max_tokens": 100, "stop_sequences": ["x", "5"], "messages": [{"role": "user", "content": "Count to 9"}]}
    with in_front_of(FakeCoze("studio")) as client:
        version = {"anthropic-version": "2023-06-01"}
        answer = client.post("/messages", json={"model": MODEL, **asked}, headers=version).json()
    assert (answer["content"][0]["text"], answer["stop_sequence"]) == ("1, 2, 3, 4, ", "5")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_limit_is_kept_here_and_the_chat_is_cancelled(dialect: Dialect) -> None:
    fake = FakeCoze(dialect)
    with in_front_of(fake) as client:
        answer = client.post("/chat/completions", json=chat("Count to 2000", max_tokens=5)).json()
        until(lambda: len(fake.cancelled) == 1)
    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["choices"][0]["message"]["content"] == "1, 2,"
    assert answer["usage"]["completion_tokens"] == 5
    run = fake.runs[0]
    assert fake.cancelled == [{"conversation_id": run.conversation, "chat_id": run.id}]


def test_the_first_words_arrive_before_the_last_are_there() -> None:
    fake = FakeCoze("cloud")
    with in_front_of(fake) as client:
        asked = chat("Count to 400", stream=True)
        with client.stream("POST", "/chat/completions", json=asked) as response:
            assert (response.headers["x-accel-buffering"], "content-encoding" in response.headers) == ("no", False)
            lines = response.iter_lines()
            first = next(lines)
            was_open = not fake.closed.is_set()
            rest = "".join(lines)
    assert json.loads(first.removeprefix("data: "))["choices"]
    assert was_open
    assert rest.endswith("data: [DONE]")


def test_a_connection_that_is_kept_open_after_the_answer_holds_nobody_up() -> None:
    def lasting(fake: FakeCoze, run: Run) -> Iterator[Step]:
        yield from spoken(fake, run, "Hi", opening=True)
        while True:
            yield "PING", ""

    fake = FakeCoze("cloud", lasting)
    assert said(ask(fake)) == "Hi"
    until(fake.closed.is_set)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_connections_are_used_again(dialect: Dialect) -> None:
    fake = FakeCoze(dialect)
    with in_front_of(fake) as client:
        for _ in range(3):
            said(client.post("/chat/completions", json=chat("Count to 3")))
    assert len(set(fake.ports)) == 1
