"""Bodies, and answers in either form."""

from cozecheck.views import answers
from cozecheck.views.chat import ChatBody, chat_answer, chat_body
from tests import examples
from tests.examples import answer, choice, drop, error, exchange, models, put, refusal, stream, usage, usage_stream


def read(body: object) -> ChatBody:
    found = chat_body(answer(body))
    assert found
    return found


def test_a_body_has_choices_messages_and_texts() -> None:
    found = read(examples.chat_body(choice("a"), choice(None, index=1)))

    assert [each["index"] for each in found.choices] == [0, 1]
    assert [pointer for pointer, _ in found.messages] == ["/choices/0/message", "/choices/1/message"]
    assert list(found.texts()) == [("/choices/0/message/content", "a")]


def test_what_is_no_list_of_objects_has_no_choices() -> None:
    for choices in (None, "x", [1, None]):
        assert read(examples.chat_body(choices=choices)).choices == []


def test_usage_that_is_none_is_empty() -> None:
    assert read(drop(examples.chat_body(), "/usage")).usage == {}
    assert read(put(examples.chat_body(), "/usage", 5)).usage == {}


def test_what_is_no_successful_body_is_not_read() -> None:
    for other in (refusal(), stream(), models(), answer(error()), answer([1]), answer(b"no JSON")):
        assert chat_body(other) is None


def test_an_answer_to_another_operation_is_none() -> None:
    assert chat_answer(refusal())
    assert chat_answer(exchange(path="/embeddings")) is None


def test_texts_and_usage_are_read_from_either_form() -> None:
    assert answers.texts(answer()) == answers.texts(stream()) == ["Hello there."]
    assert answers.usage(answer()) == answers.usage(usage_stream()) == usage()
    assert (answers.texts(refusal()), answers.usage(refusal())) == ([], {})
