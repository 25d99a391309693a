"""Exchanges read as calls of one operation: query, form, and the object that came."""

import base64
import binascii
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cozecheck.contract import multipart
from cozecheck.contract.operations import operation
from cozecheck.exchange import Exchange, Response
from cozecheck.findings import Inconclusive, Problem, Unsupported, Verdict
from cozecheck.views.failures import error_in
from cozecheck.views.requests import Asked, acceptance
from cozecheck.views.support import is_missing, lacking
from cozecheck.views.wire import answer, is_recorded

_NONSENSE = re.compile(r"no[-_]such")
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]{16,}={0,2}\s*")


@dataclass(frozen=True)
class Call:
    """An answered request for one operation."""

    exchange: Exchange
    response: Response

    @property
    def asked(self) -> dict[str, Any]:
        """The JSON of the request; empty where it is a form, or nothing."""
        return self.exchange.request.json

    @property
    def is_known(self) -> bool:
        """Whether it is known what was asked for: recorders drop bodies, or put something else in their place."""
        return bool(self.asked or self.parts)

    @cached_property
    def value(self) -> dict[str, Any]:
        """The object that came; empty where none did."""
        return self.response.json if isinstance(self.response.json, dict) else {}

    @cached_property
    def items(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """The objects of a list, each with its place."""
        data = self.value.get("data")
        items = data if isinstance(data, list) else []
        return tuple((f"/data/{place}", item) for place, item in enumerate(items) if isinstance(item, dict))

    @cached_property
    def query(self) -> dict[str, str]:
        """The query of the URL; of a name given twice the last value."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.exchange.request.url).query).items()}

    @cached_property
    def parts(self) -> tuple[multipart.Part, ...]:
        """The parts of the form that was sent, if one was and is whole."""
        request = self.exchange.request
        return multipart.parse(request.headers.get("content-type"), request.body) if request.is_whole else ()

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of the form, as text."""
        return {part.name: part.content.decode("utf-8", "replace") for part in self.parts if part.filename is None}

    @property
    def file(self) -> multipart.Part | None:
        """The file of the form."""
        return next((part for part in self.parts if part.filename is not None), None)

    @property
    def identifier(self) -> str:
        """The last part of the path."""
        return unquote(self.exchange.request.path.rstrip("/").rpartition("/")[2])

    @property
    def is_nonsense(self) -> bool:
        """Whether the id in the path says that there is no such thing."""
        return bool(_NONSENSE.search(self.identifier))

    @property
    def binary(self) -> bytes:
        """The body as bytes; recorders that keep bytes as base64 are undone."""
        content = self.response.content
        if self.response.http_version or not _BASE64.fullmatch(content):
            return content
        try:
            return base64.b64decode(content)
        except binascii.Error:
            return content


def call(exchange: Exchange, *names: str) -> Call | None:
    """Read an answered request for one of the operations *names*."""
    known = operation(exchange.request)
    whole = answer(exchange) if known and known.name in names else None
    return Call(exchange, whole.response) if whole else None


def success(exchange: Exchange, *names: str) -> Call | None:
    """Read a 2xx answer of one of the operations *names* that is a JSON object, and no error."""
    made = call(exchange, *names)
    if made is None or not made.response.ok or not isinstance(made.response.json, dict):
        return None
    return None if isinstance(error_in(made.response.json), dict) else made


def listing(exchange: Exchange, *names: str) -> Call | None:
    """Read a 2xx answer of one of the operations *names* that is a JSON object or array, and no error."""
    made = call(exchange, *names)
    if made is None or not made.response.ok or not isinstance(made.response.json, dict | list):
        return None
    return None if isinstance(error_in(made.response.json), dict) else made


def served(made: Call, what: str) -> Verdict | None:
    """Judge whether *what* was done, which a target may properly not have; None says it was."""
    if made.response.ok:
        return None
    if is_missing(made.exchange):
        return lacking(made.exchange, what)
    if made.parts and made.response.status == 400 and is_recorded(made.response):
        return Inconclusive(f"{what}: the file may be at fault (400)")
    asked = Asked(made.exchange, made.response, made.asked)
    if made.response.status < 500 and asked.error and asked.names("model", *made.asked, *made.form):
        return Unsupported(f"{what}: {asked.says[:160]}")
    return acceptance(asked, what)


def unseen(made: Call, what: str) -> Verdict:
    """Say of a refusal that *what* could not be seen; whether it is proper is another check's."""
    verdict = served(made, what)
    return verdict if isinstance(verdict, Unsupported) else Inconclusive(f"{what}: refused with {made.response.status}")


def turned_down(made: Call, what: str) -> Verdict | None:
    """Judge whether a wrong request was refused with a 4xx; None says it was."""
    status = made.response.status
    if is_missing(made.exchange):
        return lacking(made.exchange, what)
    if status in (401, 403, 429):
        return Inconclusive(f"{what}: refused for another reason ({status})")
    return None if 400 <= status < 500 else Problem(f"{what} is refused with 400", status, at="status")
