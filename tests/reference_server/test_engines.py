import asyncio
from math import exp

import pytest

from reference_server.engines.answers import answer
from reference_server.engines.counting import count_prompt
from reference_server.engines.delta import Delta
from reference_server.engines.pieces import cut
from reference_server.errors import ContextLengthExceeded
from reference_server.protocol.chat_request import ChatRequest, Message
from reference_server.protocol.media import Attachment
from reference_server.settings import SyntheticEngine
from tests.reference_server.asking import generated

UNICODE = (
    "h\u00e9llo \U0001f469\u200d\U0001f469\u200d\U0001f467 "
    "\u4f60\u597d \U0001f3f3\ufe0f\u200d\U0001f308 \u00f1and\u00fa"
)


def text(deltas: list[Delta], choice: int = 0) -> str:
    return "".join(delta.text for delta in deltas if delta.choice == choice)


def said(content: str) -> str:
    return answer(ChatRequest(model="m", messages=(Message("user", content),)), bytes(32))


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("Count from 1 to 5.", "1, 2, 3, 4, 5"),
        ("Please count to 3", "1, 2, 3"),
        ("Count down from 3 to 1", "3, 2, 1"),
        ("Say exactly: yes: no", "yes: no"),
        ('Repeat exactly: "quoted"', "quoted"),
        ('Say "pong" and nothing else', "pong"),
        (f"Repeat: {UNICODE}", UNICODE),
    ],
)
def test_plain_instructions_are_obeyed(asked: str, answered: str) -> None:
    assert said(asked) == answered


def test_anything_else_is_answered_in_prose() -> None:
    assert len(said("What is the capital of France?").split()) >= 25


def test_temperature_0_and_seeds_give_the_same_answer_every_time() -> None:
    assert text(generated(temperature=0.0, entropy=1)) == text(generated(temperature=0.0, entropy=2))
    assert text(generated(seed=5, entropy=1)) == text(generated(seed=5, entropy=2))
    assert text(generated(seed=5)) != text(generated(seed=6))


def test_without_a_seed_chance_decides() -> None:
    assert text(generated(entropy=1)) != text(generated(entropy=2))


def test_n_choices_come_in_turns_and_differ() -> None:
    deltas = generated(n=3, seed=1, stream=True)
    assert [delta.choice for delta in deltas[:6]] == [0, 1, 2, 0, 1, 2]
    assert len({text(deltas, choice) for choice in range(3)}) == 3
    assert sorted(delta.choice for delta in deltas if delta.finish) == [0, 1, 2]


@pytest.mark.parametrize("limit", [1, 5, 13])
def test_a_limit_cuts_exactly(limit: int) -> None:
    *deltas, last = generated(max_tokens=limit)
    assert deltas[-1].finish == "length"
    assert last.usage is not None
    assert last.usage.completion == limit


def test_a_limit_that_is_just_filled_is_length() -> None:
    *_, whole = generated("Count from 1 to 5")
    assert whole.usage is not None
    assert generated("Count from 1 to 5", max_tokens=whole.usage.completion)[-2].finish == "length"
    assert generated("Count from 1 to 5", max_tokens=whole.usage.completion + 1)[-2].finish == "stop"


@pytest.mark.parametrize("stop", ["5", "5, 6", ", 5, 6, 7", "5, 6, 7, 8"])
def test_a_stop_sequence_over_several_deltas_does_not_leak(stop: str) -> None:
    deltas = generated("Count from 1 to 9", stop=("zebra", stop))
    assert text(deltas) == "1, 2, 3, 4, 5, 6, 7, 8, 9".split(stop, maxsplit=1)[0]
    assert deltas[-2].finish == "stop"


def test_a_stop_at_the_start_leaves_nothing_but_costs() -> None:
    deltas = generated("Count from 1 to 9", stop=("1",))
    assert text(deltas) == ""
    assert deltas[-1].usage is not None
    assert deltas[-1].usage.completion == 1


def test_the_earliest_stop_wins() -> None:
    assert "".join(piece.text for piece in cut("a b c d", None, ("d", "c", "b c")).pieces) == "a "


def test_deltas_are_whole_characters() -> None:
    deltas = generated(f"Repeat exactly: {UNICODE}", stream=True)
    assert text(deltas) == UNICODE
    assert all("\ufffd" not in delta.text for delta in deltas)
    assert len(deltas) > 5


def test_a_limit_in_the_middle_of_a_character_drops_it() -> None:
    for limit in range(1, 12):
        assert UNICODE.startswith(text(generated(f"Repeat exactly: {UNICODE}", max_tokens=limit)))


def test_logprobs_join_to_the_text_and_are_chances() -> None:
    deltas = generated(f"Repeat exactly: {UNICODE}", logprobs=True, top_logprobs=3, stop=("and",))
    chances = [chance for delta in deltas for chance in delta.chances]
    assert b"".join(chance.token for chance in chances).decode() == text(deltas)
    for chance in chances:
        assert chance.logprob < 0
        assert chance.others[0] == (chance.token, chance.logprob)
        assert len(chance.others) == 3
        assert sum(exp(logprob) for _, logprob in chance.others) <= 1


def test_the_prompt_is_counted_by_the_published_rule() -> None:
    hello = Message("user", "hello world")
    assert count_prompt((hello,)) == 3 + (3 + 1 + 2)
    assert count_prompt((hello, Message("system", "hello", name="bob"))) == 3 + 6 + (3 + 1 + 1 + 1 + 1)


@pytest.mark.parametrize(
    ("width", "height", "detail", "tokens"),
    [(4096, 8192, "low", 85), (1024, 1024, "high", 765), (2048, 4096, "auto", 1105), (16, 16, "high", 255)],
)
def test_an_image_is_counted_by_the_published_rule(width: int, height: int, detail: str, tokens: int) -> None:
    image = Attachment("image", "png", 0, width, height, detail)
    assert count_prompt((Message("user", "hello world", attachments=(image,)),)) == 9 + tokens


@pytest.mark.parametrize(("content", "limit"), [("word " * 200, None), ("hello", 100)])
def test_what_does_not_fit_the_context_is_refused(content: str, limit: int | None) -> None:
    with pytest.raises(ContextLengthExceeded) as caught:
        generated(content, engine=SyntheticEngine(name="small", context_length=100), max_tokens=limit)
    assert (caught.value.status, caught.value.param) == (400, "messages")


def test_special_tokens_in_a_prompt_are_ordinary_text() -> None:
    assert text(generated("Say exactly: <|endoftext|>")) == "<|endoftext|>"


@pytest.mark.parametrize(("stream", "waited"), [(True, [0.5, *[0.25] * 5]), (False, [0.5, 1.0])])
def test_delays_are_kept(stream: bool, waited: list[float]) -> None:  # noqa: FBT001
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "sleep", note)
        slow = SyntheticEngine(name="slow", first_token_delay=0.5, token_delay=0.25)
        generated("Count from 1 to 2", engine=slow, stream=stream)
    assert waits == waited
