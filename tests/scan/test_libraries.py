"""The API used through other libraries, and by hand."""

from pathlib import Path

import pytest

from tests.scan.sources import scanned, told

CASES = {
    "langchain": (
        "from langchain_openai import ChatOpenAI\nllm = ChatOpenAI(model='m', max_tokens=5)\n"
        "llm.bind_tools([f]).with_retry().stream('x')",
        {"operation chat.completions.create", "model m", "parameter max_tokens", "stream stream", "tool *"},
    ),
    "langchain structured": (
        "from langchain_openai import ChatOpenAI\nChatOpenAI(model='m').with_structured_output(S).invoke('x')",
        {"operation chat.completions.create", "format json_schema"},
    ),
    "langchain embeddings": (
        "from langchain_openai import OpenAIEmbeddings\nOpenAIEmbeddings(model='e').embed_query('x')",
        {"operation embeddings.create", "model e"},
    ),
    "llamaindex": (
        "from llama_index.llms.openai import OpenAI\nOpenAI(model='m').stream_chat([])",
        {"operation chat.completions.create", "stream stream", "model m"},
    ),
    "litellm": (
        "import litellm\ntry:\n    litellm.completion(model='openai/m', messages=[], seed=1)\n"
        "except litellm.RateLimitError:\n    pass",
        {"operation chat.completions.create", "model m", "parameter seed", "error RateLimitError"},
    ),
    "instructor": (
        "import instructor\nfrom openai import OpenAI\n"
        "instructor.from_openai(OpenAI()).chat.completions.create(model='m', response_model=X, messages=[])",
        {"operation chat.completions.create", "model m", "tool *"},
    ),
    "httpx": (
        "import httpx\nhttpx.Client().post('http://x/v1/chat/completions', json={'model': 'm', 'n': 2})",
        {"operation chat.completions.create", "model m", "parameter n"},
    ),
    "requests": (
        "import requests, os\nrequests.get(os.environ['URL'] + '/v1/models')",
        {"operation models.list"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_library_is_understood(case: str, tmp_path: Path) -> None:
    text, expected = CASES[case]
    assert expected <= told(scanned(tmp_path, a_py=text))


def test_a_base_url_in_the_code_stands_behind_its_name(tmp_path: Path) -> None:
    uses = scanned(tmp_path, a_py="from openai import OpenAI\nOpenAI(base_url='http://127.0.0.1:1/v1')")
    assert "setting base_url=http://127.0.0.1:1/v1" in told(uses)
