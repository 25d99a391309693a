"""What one request may hold, whether it is answered here or passed on."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import httpx2
import pytest

from reference_server.app import create_app
from reference_server.errors import Refusal
from reference_server.protocol.body_bounds import MOST, SMALL, outside_strings, refuse_many_values
from reference_server.protocol.relayed_form import form_fields
from reference_server.protocol.request_limits import refuse_beyond
from reference_server.settings import OpenAIEngine, RequestLimits, Route, Settings, SyntheticEngine
from tests.reference_server.asking import CHAT, Json, body, chat, error
from tests.servers import running

SMALLEST = RequestLimits(max_messages=2, max_images=1, max_tools=1, max_choices=2, max_depth=7)
HERE, THERE = "gpt-4o-mini", "gpt-4o"
SHORT = 10_000
MEGABYTES = 20 * 1024 * 1024
TURN = {"role": "user", "content": "Hello"}
TOOL = {"type": "function", "function": {"name": "f"}}
FORM = "multipart/form-data; boundary=x"


def image() -> Json:
    return {"type": "image_url", "image_url": {"url": "data:,"}}


def nested(levels: int) -> Any:
    return [nested(levels - 1)] if levels else 1


FILE: Json = {"type": "input_file", "file_data": "data:,"}
BEYOND: list[tuple[Json, str | None, str | None]] = [
    ({"messages": [TURN] * 3}, "array_above_max_length", "messages"),
    ({"input": [TURN] * 3}, "array_above_max_length", "input"),
    ({"items": [TURN] * 3}, "array_above_max_length", "items"),
    ({"tools": [TOOL] * 2}, "array_above_max_length", "tools"),
    ({"functions": [{}] * 2}, "array_above_max_length", "functions"),
    ({"model": "m" * 513}, "string_above_max_length", "model"),
    ({"n": 3}, "integer_above_max_value", "n"),
    (chat([image(), image()]), "too_many_attachments", "messages"),
    ({"messages": [{"content": [image()]}, {"content": [{"type": "file"}]}]}, "too_many_attachments", "messages"),
    ({"input": [{"content": [FILE]}, {"output": [FILE]}]}, "too_many_attachments", "input"),
    ({"input": [image(), image()]}, "too_many_attachments", "input"),
    ({"metadata": nested(7)}, None, None),
]
WITHIN: list[Json] = [
    {"messages": [TURN] * 2, "tools": [TOOL], "n": 2},
    {"input": ["a"] * 9},
    {"input": [[1, 2]] * 9},
    {"metadata": nested(6)},
    {"messages": "a", "tools": {}, "n": "9", "input": None},
    {"messages": [1, {"content": "a"}, {"content": [1, image()]}]},
    chat([image()]),
    chat([{"type": []}, {"type": {"a": 1}}]),
    {},
]


@pytest.mark.parametrize(("fields", "code", "param"), BEYOND)
def test_what_holds_too_much_is_refused_by_its_place(fields: Json, code: str | None, param: str | None) -> None:
    with pytest.raises(Refusal) as caught:
        refuse_beyond(fields, body(fields), SMALLEST)
    assert (caught.value.status, caught.value.code, caught.value.param) == (400, code, param)


@pytest.mark.parametrize("fields", WITHIN)
def test_what_is_within_bounds_or_of_another_type_passes(fields: Json) -> None:
    refuse_beyond(fields, body(fields), SMALLEST)


@contextmanager
def serving(limits: RequestLimits) -> Iterator[str]:
    """Serve two models on a socket: one here, and one at an upstream that nobody can reach."""
    engines = (SyntheticEngine(name="base"), OpenAIEngine(name="there", type="openai", base_url="http://127.0.0.1:1"))
    routes = (Route(pattern=HERE), Route(pattern=THERE, engine="there"))
    with running(create_app(Settings(engines=engines, routes=routes, request_limits=limits))) as base_url:
        yield base_url.removesuffix("/v1")


def post(address: str, content: bytes, path: str = CHAT, media_type: str = "application/json") -> httpx2.Response:
    return httpx2.post(address + path, content=content, headers={"content-type": media_type}, timeout=120)


@pytest.mark.parametrize("model", [HERE, THERE])
def test_a_limit_holds_here_and_at_an_upstream(model: str) -> None:
    with serving(SMALLEST) as address:
        refused = post(address, body(chat(messages=[TURN] * 3, model=model)))
    assert (refused.status_code, error(refused)["code"]) == (400, "array_above_max_length")


def filled(start: bytes, piece: bytes, end: bytes = b"") -> bytes:
    """Return a body that is as large as may be."""
    return start + piece * ((MEGABYTES - len(start) - len(end)) // len(piece)) + end


def named(names: int) -> bytes:
    return b"{" + b",".join(b'"k%d":0' % name for name in range(names)) + b"}"


HOSTILE = {
    "arrays in arrays": partial(filled, b'{"a":', b"["),
    "objects in objects": partial(filled, b"", b'{"a":'),
    "a million keys": partial(named, 1_500_000),
    "a key again and again": partial(filled, b'{"a":0', b',"a":0', b"}"),
    "empty arrays": partial(filled, b'{"a":[0', b",[]", b"]}"),
    "empty strings": partial(filled, b'{"a":[0', b',""', b"]}"),
    "quotes": partial(filled, b"{", b'"'),
    "backslashes": partial(filled, b'{"', b"\\"),
    "a long number": partial(filled, b'{"a":', b"9", b"}"),
    "a long fraction": partial(filled, b'{"model":"gpt-4o-mini","n":0.', b"9", b"}"),
    "an endless number": partial(bytes, b'{"model":"gpt-4o-mini","messages":[],"temperature":1e999}'),
    "half a character": partial(bytes, b'{"model":"\\ud800"}'),
    "a long string": partial(filled, b'{"messages":"', b"x", b'"}'),
    "a long model": partial(filled, b'{"messages":[],"model":"', b"x", b'"}'),
    "an unknown key": partial(filled, b'{"', b"x", b'":1}'),
}


def test_hostile_bodies_are_refused_and_the_server_serves_on() -> None:
    with serving(RequestLimits()) as address:
        for name, made in HOSTILE.items():
            refused = post(address, made())
            assert 400 <= refused.status_code < 500, name
            assert len(refused.content) < SHORT, name
            assert error(refused)["message"], name
        assert post(address, body(chat(model=HERE))).status_code == 200


def test_text_that_looks_like_values_is_text() -> None:
    text = 'He said: "1,2,[3]", {4: 5}\\, ' * 50_000
    sent = body(chat(text))
    assert len(sent) > SMALL
    refuse_many_values(sent)
    assert outside_strings(body({'a"\\': ['\\"', "\\\\", '"'], "b": {}})) == b"{: [, , ], : {}}"


@pytest.mark.parametrize("mark", MOST)
def test_so_many_values_and_no_more(mark: bytes) -> None:
    padding = b'"' + b"x" * SMALL + b'"'
    refuse_many_values(padding + mark * MOST[mark])
    with pytest.raises(Refusal, match="holds too much"):
        refuse_many_values(padding + mark * (MOST[mark] + 1))


def part(name: bytes, value: bytes = b"") -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name, value)


END = b"--x--\r\n"
FORMS = {
    "many parts": part(b"a") * 1_000 + END,
    "a model twice": part(b"model", b"a") + part(b"model", b"b") + END,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_form_is_limited_too(form: bytes) -> None:
    with pytest.raises(Refusal) as caught:
        form_fields(FORM, form)
    assert caught.value.status == 400


def test_the_fields_of_a_form_are_found() -> None:
    form = part(b"model", b"a") + part(b"file", b"\r\n\r\n--y") + part(b"url") + END
    assert {name: form[at] for name, at in form_fields(FORM, form).items()} == {
        "model": b"a",
        "file": b"\r\n\r\n--y",
        "url": b"",
    }


STRANGE = {
    "delimiters alone": b"--x\r\n" * 200_000 + b"\r\n\r\n",
    "one long head": b"--x\r\n" + b"content-disposition:" * 200_000 + b"\r\n\r\nx\r\n" + END,
    "many heads": b"--x\r\n" + b"a: b\r\n" * 200_000 + b"\r\nx\r\n" + END,
    "no end": part(b"file", b"x" * 4_000_000),
}


def test_strange_forms_name_no_model_and_are_passed_over_at_once() -> None:
    for name, form in STRANGE.items():
        assert "model" not in form_fields(FORM, form), name
