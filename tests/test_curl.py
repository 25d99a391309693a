"""A curl line sends the same again, and gives nothing away."""

import json
import shlex
from typing import Any

from cozecheck.curl import LONGEST, curl
from cozecheck.exchange import Headers, Request


def request(body: Any = None, url: str = "http://h/v1/chat/completions", **headers: str) -> Request:
    lines = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return Request("POST", url, Headers(lines), raw)


def line(sent: Request, *, masked: bool = False) -> list[str]:
    return shlex.split(curl(sent, masked=masked))


def test_it_is_one_line_that_a_shell_reads() -> None:
    body = {"a": "it's\n$HOME `x`"}
    assert line(request(body, content_type="application/json")) == [
        *("curl", "-sN", "-X", "POST", "http://h/v1/chat/completions"),
        *("-H", "content-type: application/json", "-d", json.dumps(body)),
    ]


def test_the_key_stays_a_variable_that_the_shell_fills_in() -> None:
    for value in ("Bearer ***", "Bearer sk-abcdefghij0123456789"):
        assert '-H "Authorization: Bearer $OPENAI_API_KEY"' in curl(request(authorization=value), masked=False)


def test_a_key_that_is_wrong_on_purpose_is_sent_again() -> None:
    for value in ("Bearer sk-cozecheck-wrong-key-0000000000000000", "Token sk-cozecheck-wrong-key-0000000000000000"):
        assert f"authorization: {value}" in line(request(authorization=value))


def test_other_secrets_are_hidden_by_the_names_of_their_headers() -> None:
    sent = request(x_api_key="hunter2", cookie="sid=hunter2", authorization="Basic aHVudGVyMg==", x_team="red")
    text = curl(sent, masked=False)
    assert "hunter2" not in text
    assert "aHVudGVyMg" not in text
    assert "x-team: red" in text


def test_the_query_of_the_url_is_masked() -> None:
    assert "hunter2" not in curl(request(url="http://h/v1/models?api_key=hunter2"), masked=False)


def test_what_clients_say_of_themselves_is_left_out() -> None:
    sent = request(host="h", user_agent="u", x_stainless_lang="python", accept_encoding="gzip")
    assert line(sent) == ["curl", "-sN", "-X", "POST", "http://h/v1/chat/completions"]


def test_peoples_words_are_masked_where_they_were_recorded() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "mine"}], "api_key": "hunter2"}
    text = line(request(body), masked=True)[-1]
    assert json.loads(text)["messages"] == [{"role": "user", "content": "<4 characters>"}]
    assert "hunter2" not in text


def test_a_recorded_body_that_is_no_json_is_only_counted() -> None:
    assert line(request(b"mine, all mine"), masked=True)[-1] == "<14 bytes>"
    assert line(request(b"[" * 5_000 + b"]" * 5_000), masked=True)[-1] == "<10000 bytes>"


def test_a_long_body_is_cut() -> None:
    text = line(request(b"x" * 5_000))[-1]
    assert text == "x" * LONGEST + "… (5,000 bytes)"


def test_a_method_is_quoted_like_all_else() -> None:
    assert shlex.split(curl(Request("GET; rm", "http://h"), masked=False)) == [
        "curl",
        "-sN",
        "-X",
        "GET; rm",
        "http://h",
    ]
