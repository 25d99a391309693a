"""HTML: one file, no network; what runs is its own."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from cozecheck.findings import Report
from cozecheck.render.html import render
from tests.render.examples import every_outcome, finding, hostile, passing, report
from tests.render.gates import gated, hostile_gate
from tests.render.plans import planned

VOID = {"meta", "br", "input"}


class Reader(HTMLParser):
    """Collects tags and attributes, and holds every end against its start."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(told: Report) -> Reader:
    """Parse the rendered report."""
    reader = Reader()
    reader.feed(render(told))
    return reader


@pytest.mark.parametrize("told", [every_outcome(), passing(), hostile(), report()])
def test_every_tag_is_closed(told: Report) -> None:
    assert read(told).open == []


def test_hostile_text_adds_no_tag_and_no_attribute() -> None:
    known, attacked = read(every_outcome()), read(hostile())
    assert attacked.seen <= known.seen
    assert attacked.attributes <= known.attributes


def test_nothing_is_loaded() -> None:
    seen = read(every_outcome())
    assert seen.seen.isdisjoint({"link", "img", "iframe", "object", "form"})
    assert seen.attributes.isdisjoint({"src", "href", "srcset"})
    assert "url(" not in render(every_outcome())
    assert "@import" not in render(every_outcome())


def test_failures_are_open_and_the_rest_is_closed() -> None:
    said = render(every_outcome())
    assert 'id="chat.stream.done-terminator" data-outcome="fail" open' in said
    assert 'id="errors.param-named" data-outcome="warn">' in said


def test_what_is_left_out_is_counted() -> None:
    assert "and 22 more in the JSON report" in render(report(*(finding("chat.id", at=str(n)) for n in range(25))))


def test_a_plan_tells_what_it_came_to_and_no_empty_tables() -> None:
    told = render(planned())
    assert "there are 5" in told
    assert "requests come on their own" in told
    assert "Compatibility" not in told
    assert "All checks" not in told


def test_one_script_runs_the_page_s_own() -> None:
    said = render(hostile_gate())
    (script,) = re.findall(r"<script>(.*?)</script>", said, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in said


def test_a_gate_tells_its_checklist_and_what_is_used() -> None:
    told = render(gated())
    assert "Checklist: 2 unmet, 1 unknown, 1 met, 1 signed" in told
    assert "settle it: <code>cozecheck conformance --select chat</code>" in told
    assert "Your code relies on it: <code>desk/chat.py:31</code>" in told
    assert "vllm-project/vllm#8625" in told
    assert "RateLimitError" in told
