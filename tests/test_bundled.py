"""The bundled server, started and ended as anyone's."""

import http.client
import json
from urllib.parse import urlsplit

import pytest

from cozecheck import bundled
from cozecheck.errors import UsageError
from reference_server.flaws import FLAWS


def listed(server: bundled.Bundled, key: str) -> int:
    address = urlsplit(server.base_url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=10)
    connection.request("GET", f"{address.path}/models", headers={"authorization": f"Bearer {key}"})
    status = connection.getresponse().status
    connection.close()
    return status


def test_it_runs_for_as_long_as_the_block_lasts_and_wants_its_own_key() -> None:
    with bundled.running() as server:
        assert server.base_url.startswith("http://127.0.0.1:")
        assert (listed(server, server.api_key), listed(server, "another")) == (200, 401)
    with pytest.raises(ConnectionRefusedError):
        listed(server, server.api_key)


def test_two_run_side_by_side_with_keys_of_their_own() -> None:
    with bundled.running() as one, bundled.running() as other:
        assert one.base_url != other.base_url
        assert listed(one, other.api_key) == 401


def test_it_ends_when_the_block_fails() -> None:
    with pytest.raises(ZeroDivisionError), bundled.running() as server:
        raise ZeroDivisionError
    with pytest.raises(ConnectionRefusedError):
        listed(server, server.api_key)


def test_an_unknown_flaw_is_told_with_the_nearest_name() -> None:
    flaw = bundled.running("stream-no-rol")
    with pytest.raises(UsageError, match="no flaw is called 'stream-no-rol'; did you mean 'stream-no-role'"), flaw:
        pass


def test_its_flaws_are_those_of_the_server() -> None:
    assert [each["name"] for each in json.loads(bundled.flaws())] == list(FLAWS)
