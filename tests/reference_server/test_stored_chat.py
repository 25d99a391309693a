"""Chat completions that are kept, by way of OpenAI's own client."""

from typing import Any

import pytest
from openai import BadRequestError, NotFoundError, OpenAI

from tests.clients.servers import MODEL, client

HELLO: Any = [{"role": "user", "content": "Say hello."}]


def made(asking: OpenAI, **more: Any) -> str:
    return str(asking.chat.completions.create(**{"model": MODEL, "messages": HELLO, "store": True, **more}).id)


def test_a_completion_is_kept_if_that_was_asked_for() -> None:
    with client() as asking:
        kept = asking.chat.completions.create(model=MODEL, messages=HELLO, max_tokens=8, store=True)
        gone = asking.chat.completions.create(model=MODEL, messages=HELLO, max_tokens=8)
        found = asking.chat.completions.retrieve(kept.id)
        with pytest.raises(NotFoundError):
            asking.chat.completions.retrieve(gone.id)
    assert (found.id, found.choices, found.usage) == (kept.id, kept.choices, kept.usage)


def test_a_stream_is_kept_before_it_ends() -> None:
    with client() as asking:
        stream = asking.chat.completions.create(model=MODEL, messages=HELLO, store=True, stream=True)
        chunks = list(stream)
        found = asking.chat.completions.retrieve(chunks[0].id)
    assert found.choices[0].message.content == "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert found.usage
    assert found.usage.completion_tokens > 0


def test_messages_are_shown_as_they_were_given() -> None:
    parts = [{"type": "text", "text": "And this?"}]
    with client() as asking:
        id = made(asking, messages=[*HELLO, {"role": "user", "content": parts}])
        first, second = asking.chat.completions.messages.list(id)
    assert (first.content, first.content_parts) == ("Say hello.", None)
    assert second.content is None
    assert [part.to_dict() for part in second.content_parts or ()] == parts


def test_completions_are_listed_oldest_first_and_found_by_metadata() -> None:
    with client() as asking:
        ids = [made(asking, metadata={"number": str(number % 2)}) for number in range(4)]
        listed = [each.id for each in asking.chat.completions.list(limit=3)]
        odd = [each.id for each in asking.chat.completions.list(metadata={"number": "1"})]
        none = [each.id for each in asking.chat.completions.list(model="gpt-4o")]
    assert listed == ids
    assert odd == ids[1::2]
    assert none == []


def test_metadata_are_changed_and_completions_forgotten() -> None:
    with client() as asking:
        id = made(asking)
        changed = asking.chat.completions.update(id, metadata={"a": "b"})
        deleted = asking.chat.completions.delete(id)
        with pytest.raises(NotFoundError):
            asking.chat.completions.update(id, metadata={})
        with pytest.raises(NotFoundError):
            asking.chat.completions.delete(id)
        with pytest.raises(BadRequestError):
            asking.chat.completions.list(limit=0)
    assert changed.metadata == {"a": "b"}
    assert deleted.deleted is True
