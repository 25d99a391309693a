"""Real traffic: OpenAI's own gets no `fail`, and what ten servers are known to get wrong is found by its name."""

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from cozecheck.checks import ALL
from cozecheck.findings import Outcome, Report
from cozecheck.judge import judge

RECORDINGS = Path(__file__).parents[2] / "shared" / "recordings"
if not OPENAI.exists():
    pytest.skip(
        "left out: real recordings; put them at ../shared/recordings and run pytest tests/test_real_recordings.py",
        allow_module_level=True,
    )

KNOWN = {
    "llamacpp_python": (
        "02 models.retrieve, 01 models.item-fields, 06 usage.stream-included, 08 request.n, "
        "33 request.max-completion-tokens, 34 request.content-array, 35 request.developer-role, 42 errors.malformed-body, 45 request.required, "
        "47 errors.invalid-not-5xx, 58 request.bounds.max-tokens"
    ),
    "transformers_serve": (
        "01 models.list, 04 chat.id-prefix, 04 chat.model-echo, 05 chat.stream.done-terminator, "
        "05 chat.stream.finish-key, 05 usage.stream-unrequested, 06 usage.stream-empty-choices, 08 request.n, 22 request.stop-excluded, "
        "39 models.unknown-status, 42 errors.envelope, 45 errors.invalid-not-5xx, 57 request.bounds.max-tokens, "
        "83 transport.stream-as-asked"
    ),
    "litellm_mock": (
        "05 chat.stream.finish-key, 06 chat.stream.finish-last, 06 usage.stream-empty-choices, "
        "07 chat.stream.role-once, 07 chat.stream.finish-terminal, 22 request.stop-excluded, 32 request.max-tokens, 39 models.unknown-status, "
        "39 errors.code-meaning, 44 errors.malformed-body"
    ),
    "optillm": "02 models.retrieve, 05 chat.stream.chunked, 42 errors.envelope, 66 errors.envelope",
    "portkey": "01 models.list, 05 request.stream, 42 errors.malformed-body",
    "katan_echo": (
        "05 usage.stream-unrequested, 06 usage.stream-empty-choices, 08 request.n, 12 transport.stream-as-asked, "
        "32 chat.finish-length"
    ),
    "mockllm": (
        "05 chat.stream.id-constant, 34 request.content-array, 41 errors.invalid-not-5xx, 42 errors.malformed-body, "
        "45 errors.invalid-not-5xx, 50 errors.invalid-not-5xx"
    ),
    "fakellm": "01 models.list, 42 errors.malformed-body, 50 request.types",
    "aimock": (
        "08 request.n, 22 request.stop-excluded, 32 request.max-tokens, 39 models.unknown-rejected, "
        "51 request.bounds.temperature"
    ),
    "openai_mock_api": "05 transport.content-type, 66 errors.unknown-route",
}
"""Departures that people found by hand in these families: the number of the probe, and the check named for it."""


def known() -> Iterator[tuple[str, str, str]]:
    for server, departures in KNOWN.items():
        for departure in departures.split(", "):
            probe, check = departure.split()
            yield server, probe, check


@cache
def judged(name: str) -> Report:
    return judge([RECORDINGS / name], ALL, strict=False, clock=lambda: 0.0)


@cache
def probes(server: str) -> list[str]:
    """Return the number of the probe of each line."""
    with gzip.open(RECORDINGS / "servers" / f"{server}.jsonl.gz") as lines:
        return [json.loads(line)["probe"].partition("_")[0] for line in lines]


def test_openai_fails_nothing() -> None:
    report = judged("openai.jsonl.gz")

    assert [(each.id, each.exchange) for each in report.findings if each.outcome is Outcome.FAIL] == []
    assert {check.id for check in report.checks if check.outcome is Outcome.WARN} <= {"errors.body-present"}
    assert {check.id for check in report.checks if check.outcome is Outcome.ERROR} == set()
    assert report.exit_code == 0


@pytest.mark.parametrize(("server", "probe", "check"), list(known()))
def test_a_known_departure_is_found_by_its_name(server: str, probe: str, check: str) -> None:
    report = judged(f"servers/{server}.jsonl.gz")
    found = {(probes(server)[int(each.exchange.rpartition(":")[2]) - 1], each.id) for each in report.findings}

    assert (probe, check) in found
