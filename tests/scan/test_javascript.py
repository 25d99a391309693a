"""Names followed through JavaScript and TypeScript."""

from pathlib import Path

import pytest

from tests.scan.sources import doubts, scanned, told

CHAT = "operation chat.completions.create"
MADE = "import OpenAI from 'openai';\nconst client = new OpenAI();\n"
ASKED = "chat.completions.create({ model: 'm', messages: [] });"


@pytest.mark.parametrize(
    "text",
    [
        MADE + f"await client.{ASKED}",
        f"const OpenAI = require('openai').default;\nnew OpenAI().{ASKED}",
        f"import {{ OpenAI as O }} from 'openai';\nnew O().{ASKED}",
        MADE + f"const {{ chat }} = client;\n{ASKED}",
        "import OpenAI from 'openai';\n"
        f"class A {{ constructor(private c: OpenAI) {{}} f = () => this.c.{ASKED.rstrip(';')} }}",
        f"import OpenAI from 'openai';\nfunction f(c: OpenAI) {{ return c.{ASKED} }}",
        f"import OpenAI from 'openai';\nconst make = () => new OpenAI();\nmake().{ASKED}",
        MADE + f"export default async function () {{ for (const x of [1]) {{ if (x) {{ client.{ASKED} }} }} }}",
    ],
)
def test_a_client_is_followed(text: str, tmp_path: Path) -> None:
    uses = scanned(tmp_path, a_ts=text)
    assert {CHAT, "model m"} <= told(uses)
    assert doubts(uses) == []


def test_names_are_followed_over_files(tmp_path: Path) -> None:
    uses = scanned(
        tmp_path,
        lib__client_mjs="import OpenAI from 'openai';\nexport const client = new OpenAI();\nexport { client as ours };",
        main_mjs="import { ours } from './lib/client.mjs';\nours.models.list();",
    )
    assert "operation models.list" in told(uses)


@pytest.mark.parametrize("name", ["@/lib/client", "~/lib", "../src/lib/index"])
def test_names_are_followed_through_short_names_of_folders(name: str, tmp_path: Path) -> None:
    uses = scanned(
        tmp_path,
        src__lib__client_ts="import OpenAI from 'openai';\nexport const ours = new OpenAI();",
        src__lib__index_ts="export { ours } from './client';",
        app__page_tsx=f"import {{ ours }} from '{name}';\nours.models.list();",
    )
    assert "operation models.list" in told(uses)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("create({ model: 'm', stream: true })", "stream stream"),
        ("create({ model: 'm', tools: [{ type: 'function', function: { name: 'f' } }] })", "tool f"),
        ("create({ model: 'm', ...OPTIONS })", "parameter seed"),
        ("create({ model: `m` }, { headers: { 'X-Team': '1' } })", "header x-team"),
        ("runTools({ model: 'm', tools: [] })", "tool *"),
    ],
)
def test_what_a_call_relies_on(call: str, expected: str, tmp_path: Path) -> None:
    text = f"{MADE}const OPTIONS = {{ seed: 1 }};\nclient.chat.completions.{call};"
    assert {expected, CHAT, "model m"} <= told(scanned(tmp_path, a_ts=text))


def test_errors_that_are_told_apart(tmp_path: Path) -> None:
    text = MADE + "try { f() } catch (e) { if (e instanceof OpenAI.NotFoundError) g(); }"
    assert "error NotFoundError" in told(scanned(tmp_path, a_js=text))


@pytest.mark.parametrize(
    ("model", "operation"),
    [
        ("openai('m')", "responses.create"),
        ("openai.chat('m')", "chat.completions.create"),
        ("createOpenAI()('m')", "responses.create"),
        ("createOpenAICompatible({ name: 'x' })('m')", "chat.completions.create"),
    ],
)
def test_the_model_of_the_vercel_ai_sdk_decides_on_the_operation(model: str, operation: str, tmp_path: Path) -> None:
    text = (
        "import { generateText } from 'ai';\nimport { openai, createOpenAI } from '@ai-sdk/openai';\n"
        "import { createOpenAICompatible } from '@ai-sdk/openai-compatible';\n"
        f"generateText({{ model: {model}, prompt: 'x' }});"
    )
    assert {f"operation {operation}", "model m"} <= told(scanned(tmp_path, a_ts=text))


def test_a_file_that_cannot_be_parsed_is_listed_with_its_line(tmp_path: Path) -> None:
    ((line, why),) = doubts(scanned(tmp_path, a_ts="const a = 1;\nconst = ;"))
    assert (line, why) == (2, "is no typescript: it cannot be parsed")
