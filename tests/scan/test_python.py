"""Names followed through Python, as far as they can be known."""

from pathlib import Path

import pytest

from tests.scan.sources import doubts, scanned, told

CHAT = "operation chat.completions.create"
MADE = "from openai import OpenAI\nclient = OpenAI()\n"


@pytest.mark.parametrize(
    "text",
    [
        MADE + "client.chat.completions.create(model='m', messages=[])",
        "import openai as o\no.OpenAI().chat.completions.create(model='m', messages=[])",
        "import openai\nopenai.chat.completions.create(model='m', messages=[])",
        "import openai\nopenai.ChatCompletion.create(model='m', messages=[])",
        MADE + "create = client.chat.completions.create\ncreate(model='m', messages=[])",
        MADE + "c = client if 1 else None\nc.beta.chat.completions.create(model='m', messages=[])",
        MADE + "client.with_options(timeout=3).chat.completions.create(model='m', messages=[])",
        "from openai import AsyncOpenAI\n"
        "async def f(c: AsyncOpenAI | None):\n    await c.chat.completions.create(model='m', messages=[])",
        "from typing import Annotated\nfrom openai import OpenAI\n"
        "def f(c: Annotated[OpenAI, 1]):\n    c.chat.completions.create(model='m', messages=[])",
        "from openai import OpenAI\ndef f(c):\n    c.chat.completions.create(model='m', messages=[])\nf(OpenAI())",
        "from openai import OpenAI\nclass A:\n    def __init__(self, c):\n        self.c = c\n"
        "    def f(self):\n        self.c.chat.completions.create(model='m', messages=[])\nA(OpenAI()).f()",
        "from openai import OpenAI\nclass A:\n    client: OpenAI\nclass B(A):\n"
        "    def f(self):\n        self.client.chat.completions.create(model='m', messages=[])",
        "from openai import OpenAI\nwith OpenAI() as c:\n    c.chat.completions.create(model='m', messages=[])",
        "import functools\n" + MADE + "ask = functools.partial(client.chat.completions.create, model='m')",
        "import asyncio\n" + MADE + "asyncio.to_thread(client.chat.completions.create, model='m', messages=[])",
        "def f():\n    from openai import OpenAI\n    return OpenAI()\n"
        "f().chat.completions.create(model='m', messages=[])",
    ],
)
def test_a_client_is_followed(text: str, tmp_path: Path) -> None:
    uses = scanned(tmp_path, a_py=text)
    assert {CHAT, "model m"} <= told(uses)
    assert doubts(uses) == []


def test_clients_and_constants_are_followed_over_files(tmp_path: Path) -> None:
    uses = scanned(
        tmp_path,
        shop__models_py="MODELS = {'fast': 'a', 'slow': 'b'}",
        shop__clients_py="import openai\ndef make():\n    return openai.OpenAI()",
        shop__main_py="from .clients import make\nfrom shop import models\n"
        "make().chat.completions.create(model=models.MODELS['fast'], messages=[])",
    )
    assert {CHAT, "model a"} <= told(uses)
    assert "model b" not in told(uses)


def test_keyword_tables_are_taken_apart(tmp_path: Path) -> None:
    uses = scanned(
        tmp_path,
        a_py=MADE + "BASE = {'temperature': 1}\nMORE = dict(BASE, seed=3)\n"
        "client.chat.completions.create(model='m', messages=[], **MORE, extra_body={'top_k': 5})",
    )
    assert {"parameter temperature", "parameter seed", "parameter top_k"} <= told(uses)


def test_arguments_that_a_wrapper_hands_on_are_those_of_its_callers(tmp_path: Path) -> None:
    uses = scanned(
        tmp_path,
        a_py=MADE + "def ask(q, **more):\n    client.chat.completions.create(model='m', messages=[q], **more)\n"
        "ask('x', seed=1)\nask('y', stop='z')",
    )
    assert {"parameter seed", "parameter stop"} <= told(uses)
    assert doubts(uses) == []


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("create(model='m', messages=[], stream=True)", "stream stream"),
        ("stream(model='m', messages=[])", "stream stream"),
        ("create(model='m', messages=[], tools=[{'function': {'name': 'f'}}])", "tool f"),
        ("create(model='m', messages=[], response_format={'type': 'json_object'})", "format json_object"),
        ("parse(model='m', messages=[], response_format=Answer)", "format json_schema"),
        ("create(model='m', messages=[], extra_headers={'X-Team': '1'})", "header x-team"),
        ("create(model='m', messages=[{'content': [{'type': 'image_url'}]}])", "parameter image_url"),
        ("with_raw_response.create(model='m', messages=[]).headers['x-request-id']", "header x-request-id"),
        ("create(model='m', messages=[]).choices[0].finish_reason", "field choices.finish_reason"),
    ],
)
def test_what_a_call_relies_on(call: str, expected: str, tmp_path: Path) -> None:
    text = f"{MADE}class Answer:\n    pass\nclient.chat.completions.{call}"
    assert {expected, CHAT} <= told(scanned(tmp_path, a_py=text))


def test_a_stream_that_is_switched_off_is_none(tmp_path: Path) -> None:
    uses = scanned(tmp_path, a_py=MADE + "client.chat.completions.create(model='m', messages=[], stream=False)")
    assert "stream stream" not in told(uses)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        (MADE + "client.chat.completions.create(model=input(), messages=[])", 3, "which model is asked"),
        (MADE + "import os\nclient.chat.completions.create(model=os.environ['M'], messages=[])", 4, "environment: M"),
        (MADE + "client.chat.completions.create(model='m', **load())", 3, "spread into the call"),
        ("def f(c):\n    c.chat.completions.create(model='m')", 2, "where its client comes from"),
        (MADE + "run(client.chat.completions.create)", 3, "is passed on"),
        ("def broken(:", 1, "is no python"),
    ],
)
def test_what_cannot_be_known_is_listed(text: str, line: int, why: str, tmp_path: Path) -> None:
    ((where, reason),) = doubts(scanned(tmp_path, a_py=text))
    assert where == line
    assert why in reason


@pytest.mark.parametrize(
    "text",
    [
        "class C:\n    def create(self, **k): ...\nclass Chat:\n    completions = C()\n"
        "class Own:\n    chat = Chat()\nOwn().chat.completions.create(model='m')",
        "import anthropic\nanthropic.Anthropic().messages.create(model='m')",
        "from elsewhere import OpenAI\nOpenAI().models.list()",
        "client = 3\nclient.close()",
        "import requests\nrequests.post('https://example.com/v2/other', json={'model': 'm'})",
    ],
)
def test_nothing_is_invented(text: str, tmp_path: Path) -> None:
    assert told(scanned(tmp_path, a_py=text)) == set()


def test_one_broken_file_does_not_hide_another(tmp_path: Path) -> None:
    uses = scanned(tmp_path, a_py="def (", b_py=MADE + "client.models.list()")
    assert "operation models.list" in told(uses)
    assert len(uses.unclear) == 1


def test_functions_that_call_each_other_pass_on_what_they_were_given(tmp_path: Path) -> None:
    text = """
    from openai import OpenAI
    def first(client, model):
        return second(client, model) or client.chat.completions.create(model=model, messages=[])
    def second(client, model):
        return first(client, model)
    second(OpenAI(), "gpt-4.1")
    """
    assert {CHAT, "model gpt-4.1"} <= told(scanned(tmp_path, a_py=text))


@pytest.mark.parametrize("folder", ["", "app__providers__"])
def test_a_module_named_like_the_library_is_not_taken_for_it(folder: str, tmp_path: Path) -> None:
    own = "from openai import OpenAI\ndef made():\n    return OpenAI()"
    use = "from .openai import made\nmade().chat.completions.create(model='m', messages=[])"
    assert CHAT in told(scanned(tmp_path, **{f"{folder}openai_py": own, f"{folder}use_py": use}))
