"""A Send becomes a request: address, headers, key; secrets stay out of records."""

import pytest

from cozecheck import __version__
from cozecheck.errors import UsageError
from cozecheck.probe import Endpoint
from cozecheck.probe.endpoint import WRONG_KEY
from cozecheck.scenarios.sending import Key, Send

BASE = "http://127.0.0.1:8080/v1"
SECRET = "sk-very-secret"


def endpoint(*headers: tuple[str, str], api_key: str | None = SECRET, base_url: str = BASE) -> Endpoint:
    return Endpoint(base_url, api_key, headers)


def headers_of(where: Endpoint, send: Send) -> dict[str, str]:
    return {name.lower(): value for name, value in where.request(send).headers.multi_items()}


def recorded(where: Endpoint, send: Send) -> dict[str, str]:
    return {name.lower(): value for name, value in where.record(send).headers.lines}


def test_headers_are_those_of_a_careful_client() -> None:
    assert headers_of(endpoint(), Send("a", json={})) == {
        "host": "127.0.0.1:8080",
        "accept": "application/json",
        "accept-encoding": "gzip, deflate",
        "content-type": "application/json",
        "user-agent": f"cozecheck/{__version__}",
        "authorization": f"Bearer {SECRET}",
        "content-length": "2",
    }


def test_without_a_body_there_is_no_content_type() -> None:
    assert "content-type" not in headers_of(endpoint(), Send("a", "GET", "/models"))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("right", f"Bearer {SECRET}"),
        ("wrong", f"Bearer {WRONG_KEY}"),
        ("malformed", f"Token {WRONG_KEY}"),
        ("none", None),
    ],
)
def test_the_key_is_the_one_asked_for(key: Key, expected: str | None) -> None:
    assert headers_of(endpoint(), Send("a", key=key)).get("authorization") == expected


@pytest.mark.parametrize("key", ["right", "none"])
def test_without_a_key_none_is_sent(key: Key) -> None:
    assert "authorization" not in headers_of(endpoint(api_key=None), Send("a", key=key))


def test_a_header_of_the_send_replaces_its_namesake() -> None:
    headers = headers_of(endpoint(("X-One", "1")), Send("a", headers=(("Accept", "text/plain"), ("x-one", "2"))))
    assert (headers["accept"], headers["x-one"]) == ("text/plain", "2")


def test_headers_are_sent_as_spelled() -> None:
    assert (b"X-Team", b"blue") in endpoint(("X-Team", "blue")).request(Send("a")).headers.raw


@pytest.mark.parametrize("name", ["Authorization", "api-key", "X-API-Key"])
def test_a_key_given_as_a_header_goes_with_the_right_key_only(name: str) -> None:
    where = endpoint((name, "given"), api_key=None)
    assert headers_of(where, Send("a"))[name.lower()] == "given"
    assert name.lower() not in headers_of(where, Send("a", key="none"))
    assert headers_of(where, Send("a", key="wrong")).get(name.lower()) != "given"


def test_the_path_follows_the_base_url() -> None:
    assert str(endpoint(base_url=BASE + "/").request(Send("a", path="/models")).url) == BASE + "/models"


def test_the_path_may_count_from_the_root() -> None:
    url = endpoint().request(Send("a", "GET", "/metrics", at_root=True)).url
    assert str(url) == "http://127.0.0.1:8080/metrics"


def test_a_record_holds_all_headers_but_no_secret() -> None:
    where = endpoint(("X-Api-Key", "s1"), ("Cookie", "s2"), ("X-Auth-Token", "s3"), ("X-Team", "blue"))
    record = where.record(Send("a", json={"model": "m"}))
    headers = recorded(where, Send("a", json={"model": "m"}))
    assert headers["authorization"] == "Bearer ***"
    assert [headers[name] for name in ("x-api-key", "cookie", "x-auth-token", "x-team")] == ["***"] * 3 + ["blue"]
    assert (headers["host"], headers["content-length"]) == ("127.0.0.1:8080", "14")
    assert (record.method, record.path, record.body) == ("POST", "/v1/chat/completions", b'{"model": "m"}')


def test_a_record_shows_a_key_that_is_wrong_on_purpose() -> None:
    assert recorded(endpoint(), Send("a", key="wrong"))["authorization"] == f"Bearer {WRONG_KEY}"


def test_an_endpoint_does_not_show_its_secrets() -> None:
    assert "secret" not in repr(endpoint(("Cookie", "secret")))


@pytest.mark.parametrize(
    ("base_url", "address"),
    [(BASE, "127.0.0.1:8080"), ("https://a.example/v1", "a.example:443"), ("http://[::1]:80/v1", "::1:80")],
)
def test_the_address_is_host_and_port(base_url: str, address: str) -> None:
    assert Endpoint(base_url).address == address


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "127.0.0.1:8080",
        "ftp://a.example/v1",
        "http:///v1",
        "http://a.example:99999/v1",
        "http://a.example:port/v1",
        "http://[::1/v1",
        "http://user:secret@a.example/v1",
        "http://a.example/v1?version=1",
        "http://a.example/v1#part",
        "http://a.example/\x00",
    ],
)
def test_a_bad_base_url_is_a_usage_error(base_url: str) -> None:
    with pytest.raises(UsageError, match="the base URL") as raised:
        Endpoint(base_url)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("line", [("", "x"), ("a b", "x"), ("a", "x\r\ny"), ("a", "é"), ("Content-Length", "3")])
def test_a_bad_header_is_a_usage_error(line: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match="header"):
        endpoint(line)


@pytest.mark.parametrize("api_key", ["two words", "line\n", "kéy"])
def test_a_key_that_no_header_can_carry_is_a_usage_error(api_key: str) -> None:
    with pytest.raises(UsageError, match="API key"):
        endpoint(api_key=api_key)


def test_a_path_that_is_no_url_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="cannot make a request"):
        endpoint().request(Send("a", path="/models/\x00"))
