"""Refusals, enveloped or not; models, listed or not."""

from typing import Any

import pytest

from cozecheck.exchange import ABSENT
from cozecheck.views.failures import envelope, error_in, refusal, worded_refusal
from tests import examples
from tests.examples import answer, error, exchange


@pytest.mark.parametrize(
    ("body", "expected"),
    [({"error": "x"}, "x"), ({"error": None}, ABSENT), ({"error": {}}, {}), ({}, ABSENT), ([], ABSENT), (None, ABSENT)],
)
def test_an_error_is_what_stands_under_its_name(body: Any, expected: Any) -> None:
    assert error_in(body) == expected


def test_a_refusal_is_a_4xx_or_5xx_of_the_api() -> None:
    assert refusal(examples.refusal(503))
    for other in (answer(), exchange(method="OPTIONS", status=404), exchange(method="HEAD", status=404)):
        assert refusal(other) is None


def test_an_envelope_holds_an_object() -> None:
    assert envelope(examples.refusal())
    assert envelope(examples.refusal(body={"error": "No."})) is None
    assert worded_refusal(exchange(examples.asking(), b" ", status=500)) is None


def test_proxies_speak_for_servers_that_are_out_of_order() -> None:
    found = [refusal(examples.refusal(status, error())) for status in (502, 524, 500, 400)]

    assert [each.may_be_a_proxy for each in found if each] == [True, True, False, False]
