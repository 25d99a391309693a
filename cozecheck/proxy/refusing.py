"""What the proxy itself answers: OpenAI's error envelope, and why."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

BAD_REQUEST: Final = "cozecheck_bad_request"
UNREACHABLE: Final = "cozecheck_upstream_unreachable"
SPENT: Final = "cozecheck_cap_reached"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status, a code and a sentence; *again* says whether a client may try again."""

    status: HTTPStatus
    code: str
    words: str
    again: bool = False

    @property
    def answer(self) -> bytes:
        """The response, after which the connection is closed."""
        kind = "invalid_request_error" if self.status == HTTPStatus.BAD_REQUEST else "proxy_error"
        words = f"cozecheck record: {self.words}"
        error = {"message": words, "type": kind, "param": None, "code": self.code}
        body = json.dumps({"error": error}).encode() + b"\n"
        head = (
            f"HTTP/1.1 {self.status.value} {self.status.phrase}",
            "server: cozecheck",
            "content-type: application/json",
            f"content-length: {len(body)}",
            f"x-should-retry: {'true' if self.again else 'false'}",
            "connection: close",
        )
        return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def bad_request(words: str) -> Refusal:
    """Return what a request gets that cannot be passed on."""
    return Refusal(HTTPStatus.BAD_REQUEST, BAD_REQUEST, words)


def unreachable(words: str) -> Refusal:
    """Return what every request gets while nobody answers upstream."""
    return Refusal(HTTPStatus.BAD_GATEWAY, UNREACHABLE, words, again=True)


def spent(words: str) -> Refusal:
    """Return what requests get once the cap is reached."""
    return Refusal(HTTPStatus.TOO_MANY_REQUESTS, SPENT, words)


UPGRADE: Final = Refusal(
    HTTPStatus.NOT_IMPLEMENTED, BAD_REQUEST, "upgrades (WebSocket) are not recorded; only HTTP requests are"
)
HEAD_TOO_LARGE: Final = Refusal(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, BAD_REQUEST, "the head of the request is too large"
)
FORWARD: Final = bad_request("this is no forward proxy: give the app the base URL that was printed, not HTTP_PROXY")
