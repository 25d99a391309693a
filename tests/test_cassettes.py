"""The golden set: whole, honest, without secrets, and without a fault that our own checks would find."""

import re
from collections import defaultdict
from typing import Any

import openai
import pytest
import vcr
from vcr.cassette import Cassette

from cozecheck.checks import ALL
from cozecheck.checks.judging import Bench
from cozecheck.contract.operations import OPERATIONS
from cozecheck.contract.parameters import faults
from cozecheck.findings import DEPARTURE, Outcome
from cozecheck.masking import mask_secrets
from cozecheck.sdk import Reader
from tests import golden
from tests.golden import FILES, FOLDER, Golden

WRONG_KEY = "Bearer sk-cozecheck-wrong-key-0000000000000000"
IDS = re.compile(
    r"\b(chatcmpl-|cmpl-|modr-|call_|resp_|msg_|rs_|fc_|conv_|batch_|batch_req_|file-|req_|org-)([A-Za-z0-9]{16,})"
)
LENGTHS = {"chatcmpl-": 29, "cmpl-": 29, "modr-": 29, "call_": 24, "resp_": 50, "msg_": 50, "rs_": 50, "fc_": 50}
LENGTHS |= {"conv_": 48, "batch_": 32, "file-": 22, "req_": 32}
PRIVATE = re.compile(r"cookie|openai-(organization|project)|x-stainless|/home/|@(?!openai)[a-z]+\.")
STREAMED = ("chat.completions.create", "completions.create", "responses.create", "audio.transcriptions.create")
ONLY_REFUSED = {"models.delete"}
"""Operations that nobody gets done here: only models of one's own can be deleted."""
Row = tuple[int, str, str | None, str | None]
INVALID = "invalid_request_error"
ERRORS: frozenset[Row] = frozenset(
    {
        (401, INVALID, "invalid_api_key", None),
        (404, INVALID, "model_not_found", None),
        (400, INVALID, "model_not_found", "model"),
        (404, INVALID, "model_not_found", "model"),
        (404, INVALID, None, "model"),
        (403, INVALID, None, None),
        (400, INVALID, "empty_array", "messages"),
        (400, INVALID, "missing_required_parameter", "messages[1].content[0].type"),
        (400, INVALID, "unknown_parameter", "tide"),
        (400, INVALID, "unsupported_parameter", "max_tokens"),
        (400, INVALID, "unsupported_value", "reasoning.effort"),
        (400, INVALID, "invalid_type", "metadata.modified"),
        (400, INVALID, "integer_below_min_value", "max_tokens"),
        (400, INVALID, "decimal_below_min_value", "temperature"),
        (400, INVALID, None, None),
        (400, INVALID, "invalid_function_parameters", "tools[0].function.parameters"),
        (400, INVALID, "invalid_function_parameters", "tools[0].parameters"),
        (400, INVALID, "invalid_json_schema", "text.format.schema"),
        (400, INVALID, "invalid_image_url", None),
        (400, INVALID, "invalid_image_format", None),
        (400, INVALID, "context_length_exceeded", "input"),
        (400, INVALID, "context_length_exceeded", "messages"),
        (429, "tokens", "rate_limit_exceeded", None),
        (429, "requests", "rate_limit_exceeded", None),
        (429, "insufficient_quota", "insufficient_quota", None),
        (500, "server_error", None, None),
    }
)
"""Every way in which api.openai.com was seen to refuse: status, type, code, param."""


def test_each_is_one_interaction_which_vcrpy_loads() -> None:
    assert {len(Cassette.load(path=str(path))) for path in FILES} == {1}
    assert {frozenset(golden.whole(path)) for path in FILES} == {frozenset(("interactions", "version"))}


def test_each_says_what_it_is() -> None:
    silent = [each.name for each in golden.every() if not each.provenance.startswith("Authored, not recorded: ")]

    assert silent == []
    assert {tuple(each.notes) for each in golden.every()} == {(), ("replayable", "reason")}


def test_none_holds_a_secret() -> None:
    texts = {path.name: path.read_text() for path in FILES}
    keys = {each.exchange.request.headers.get("authorization") for each in golden.every()}

    assert [name for name, text in texts.items() if mask_secrets(text) != text or PRIVATE.search(text)] == []
    assert keys == {None, WRONG_KEY}


def test_ids_are_of_the_right_length_and_evidently_made_up() -> None:
    found = {each for path in FILES for each in IDS.findall(path.read_text())}
    lengths = {(prefix, len(rest)) for prefix, rest in found if prefix in LENGTHS}

    assert [each for each in found if not each[1].startswith(("Authored", "decade"))] == []
    assert lengths == set(LENGTHS.items())


def test_the_checks_find_nothing_and_the_official_client_reads_all_of_it(record_property: Any) -> None:
    bench, reader = Bench(ALL), Reader()
    for each in golden.every():
        bench.judge(reader.read(each.exchange))

    said = [(each.check.id, each.exchange.id, each.problem) for each in bench.departures if is_grave(each.check.level)]
    assert said == []
    assert not [tally.error for tally in bench.tallies.values() if tally.error]
    judged = sum(bool(tally.judged) for tally in bench.tallies.values())
    record_property("golden set, checks that had something to judge", f"{judged} of {len(bench.tallies)}")


def is_grave(level: Any) -> bool:
    return DEPARTURE[level] is not Outcome.INFO


def test_every_operation_is_answered() -> None:
    answered = {each.operation.name for each in golden.every() if each.operation and each.response.ok}

    assert {each.name for each in OPERATIONS} - answered == ONLY_REFUSED


@pytest.mark.parametrize("name", STREAMED)
def test_what_can_be_streamed_is_streamed(name: str) -> None:
    kinds = {each.response.is_stream for each in golden.every() if each.operation and each.operation.name == name}

    assert kinds == {True, False}


def test_every_error_that_was_ever_seen_is_there() -> None:
    assert ERRORS - {row(each) for each in golden.every() if not each.response.ok} == set()


def test_every_kind_of_fault_in_a_chat_request_is_refused() -> None:
    refused = [each for each in golden.every() if each.response.status == 400 and is_chat(each)]
    kinds = {fault.kind for each in refused for fault in faults(each.exchange.request.json)}

    assert kinds == {"missing", "empty", "type", "enum", "range", "alone"}


def row(each: Golden) -> Row:
    error = each.response.json["error"]
    assert list(error) == ["message", "type", "param", "code"]
    return each.response.status, error["type"], error["code"], error["param"]


def is_chat(each: Golden) -> bool:
    return each.operation is not None and each.operation.name == "chat.completions.create"


def test_nothing_else_lies_there() -> None:
    families: dict[str, list[str]] = defaultdict(list)
    for path in FILES:
        families[path.parent.name].append(path.name)
    numbers = {family: [name[:3] for name in names] for family, names in families.items()}

    assert {each for each in FOLDER.rglob("*") if each.is_file()} == {*FILES, FOLDER / "README.md"}
    assert numbers == {family: [f"{at:02}-" for at in range(1, len(names) + 1)] for family, names in families.items()}


def test_no_exchange_is_there_twice() -> None:
    requests = [each.exchange.request for each in twins()]
    sent = [(each.method, each.url, each.body, each.headers.get("authorization")) for each in requests]

    assert len(set(sent)) == len(sent)


def twins() -> list[Golden]:
    """Those that are in nobody's way: what is created, changed and deleted is asked for more than once."""
    kept = ("batches", "conversations", "files")
    mine = [each for each in golden.every() if each.is_replayable and not each.name.startswith((*kept, "responses/0"))]
    return [each for each in mine if "key-missing" not in each.name]


def test_its_guide_names_every_family() -> None:
    guide = (FOLDER / "README.md").read_text()

    assert {path.parent.name for path in FILES} == set(re.findall(r"^\| `(\w+)` \|", guide, re.M))


@pytest.fixture
def client() -> openai.OpenAI:
    return openai.OpenAI(api_key="sk-none", max_retries=0)


def unstreamed(name: str) -> dict[str, Any]:
    asked = golden.named(name).exchange.request.json
    return {key: value for key, value in asked.items() if key != "stream"}


def play(name: str) -> Any:
    return vcr.VCR(record_mode="none", match_on=["method", "path", "body"]).use_cassette(str(FOLDER / f"{name}.yaml"))


def test_a_body_plays_back_to_the_official_client(client: openai.OpenAI) -> None:
    asked = golden.named("chat/01-plain").exchange.request.json
    with play("chat/01-plain"):
        answer = client.chat.completions.create(**asked)

    assert (answer.model, answer.choices[0].finish_reason) == ("gpt-4o-mini-2024-07-18", "stop")


def test_a_stream_of_tool_calls_plays_back(client: openai.OpenAI) -> None:
    asked = unstreamed("chat_stream/08-parallel-tools")
    with play("chat_stream/08-parallel-tools"), client.chat.completions.stream(**asked) as stream:
        calls = stream.get_final_completion().choices[0].message.tool_calls or []

    assert [call.function.name for call in calls] == ["look_up_weather", "look_up_tide"]


def test_a_stream_of_events_plays_back(client: openai.OpenAI) -> None:
    asked = unstreamed("responses_stream/01-text")
    with play("responses_stream/01-text"), client.responses.stream(**asked) as stream:
        assert stream.get_final_response().output_text.startswith("A lighthouse marks")


def test_vectors_in_base64_play_back(client: openai.OpenAI) -> None:
    with play("embeddings/01-base64"):
        answer = client.embeddings.create(model="text-embedding-3-small", input="The tide turns at noon.")

    assert sum(number * number for number in answer.data[0].embedding) == pytest.approx(1, abs=1e-6)


def test_bytes_play_back(client: openai.OpenAI) -> None:
    with play("audio/01-speech-mp3"):
        sound = client.audio.speech.create(model="gpt-4o-mini-tts", input="Ahoy there.", voice="alloy").content

    assert sound == golden.named("audio/01-speech-mp3").response.body


@pytest.mark.parametrize("what", ["rate-limit-tokens", "quota"])
def test_a_429_plays_back_as_what_the_official_client_raises(client: openai.OpenAI, what: str) -> None:
    (name,) = (each.name for each in golden.every() if each.name.endswith(what))
    with play(name), pytest.raises(openai.RateLimitError) as caught:
        client.chat.completions.create(**golden.named(name).exchange.request.json)

    assert caught.value.code in ("rate_limit_exceeded", "insufficient_quota")
