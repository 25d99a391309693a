"""Items of responses and conversations: messages, calls and their outputs."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cozecheck.strategies.bodies import Json, group
from cozecheck.strategies.breaking import NO_CHOICE, NOT_TEXT, REMOVED, Break, Step
from cozecheck.strategies.messages import ARGUMENTS, IMAGES, call_names, filled
from cozecheck.strategies.values import small_json, texts

Items = list[Json]
text_parts = group(type="input_text", text=filled)
image_parts = group(type="input_image", image_url=IMAGES, detail=st.sampled_from(("low", "auto")))
asked_parts = st.lists(st.one_of(text_parts, text_parts, image_parts), min_size=1, max_size=2)
said_parts = group(type="output_text", text=filled, annotations=[]).map(lambda part: [part])
refused_parts = group(type="refusal", refusal=filled).map(lambda part: [part])
INSTRUCTORS = st.sampled_from(("system", "developer"))

questions: SearchStrategy[Json] = st.one_of(
    group(role="user", content=texts),
    group(role="user", content=asked_parts),
    group(type="message", role="user", content=asked_parts),
)
answers: SearchStrategy[Json] = st.one_of(
    group(role="assistant", content=filled),
    group(type="message", id="msg_1", status="completed", role="assistant", content=said_parts | refused_parts),
)
instructions = group(role=INSTRUCTORS, content=filled | text_parts.map(lambda part: [part]))
OUTPUTS: SearchStrategy[Any] = texts | text_parts.map(lambda part: [part])


@st.composite
def calling(draw: st.DrawFn) -> Items:
    """Draw a call and its output."""
    made = {"type": "function_call", "call_id": "call_1", "name": draw(call_names), "arguments": draw(ARGUMENTS)}
    return [made, {"type": "function_call_output", "call_id": "call_1", "output": draw(OUTPUTS)}]


turns = st.one_of(*(each.map(lambda item: [item]) for each in (questions, answers, instructions)))
conversations: SearchStrategy[Items] = st.tuples(st.lists(turns, max_size=2), calling() | st.just([]), questions).map(
    lambda parts: [*(item for turn in parts[0] for item in turn), *parts[1], parts[2]]
)
"""Items in legal order, a question last."""

HELLO = {"role": "user", "content": "Hi."}
PART = {"role": "user", "content": [{"type": "input_text", "text": "Hi."}]}
IMAGE = {"role": "user", "content": [{"type": "input_image", "image_url": "data:image/png;base64,", "detail": "low"}]}
CALL = {"type": "function_call", "call_id": "call_0", "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_nobody_made", "output": "Hi."}
DAMAGED = st.sampled_from(("data:image/png;base64,!!!", "data:image/png;base64,Zm9v", "data:", "no address at all"))


def item_breaks(param: str) -> tuple[Break, ...]:
    """Return the breaks of one more item at a parameter."""

    def item(
        mutation: str, inside: tuple[Step, ...], value: Any, whole: Json = HELLO, told: str | None = None
    ) -> Break:
        return Break(mutation, param, value, inside, whole, joins=True, told_of=told)

    return (
        item("missing-inside", ("role",), REMOVED, PART, ""),
        item("missing-inside", ("content",), REMOVED),
        item("wrong-enumeration", ("role",), NO_CHOICE),
        item("odd-type", ("role",), NOT_TEXT),
        item("odd-type", ("content",), st.sampled_from((7, True, {}, None))),
        item("odd-type", (), st.sampled_from(("text", 7, None, []))),
        item("missing-inside", ("content", 0, "type"), REMOVED, PART),
        item("missing-inside", ("content", 0, "text"), REMOVED, PART),
        item("odd-type", ("content", 0, "text"), NOT_TEXT, PART),
        item("unknown-choice", ("content", 0, "type"), NO_CHOICE, PART),
        item("unknown-choice", ("content", 0, "detail"), NO_CHOICE, IMAGE),
        item("unknown-field", ("not_a_parameter",), small_json),
        item("unknown-field", ("content", 0, "not_a_parameter"), small_json, PART),
        item("wrong-encoding", ("content", 0, "image_url"), DAMAGED, IMAGE, ""),
        item("missing-inside", ("call_id",), REMOVED, CALL),
        item("missing-inside", ("arguments",), REMOVED, CALL),
        item("odd-type", ("arguments",), NOT_TEXT, CALL),
        item("tool-order", ("output",), texts, OUTPUT, ""),
        item("unknown-choice", ("type",), NO_CHOICE, CALL),
    )
