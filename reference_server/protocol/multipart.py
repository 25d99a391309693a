"""Multipart forms: a body to fields and files."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any

from starlette.datastructures import FormData, Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from reference_server.errors import InvalidType, Malformed, Refusal
from reference_server.protocol.fields import Reader, described, text

MOST_FILES = 16
MOST_FIELDS = 64


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: `media_type` is what the client calls it."""

    filename: str
    media_type: str
    content: bytes


class NotAForm(Refusal):
    """A body that is no multipart form."""

    def __init__(self, reason: str) -> None:
        """Say why, with the parser's word."""
        super().__init__(400, f"We could not parse the multipart/form-data body of your request: {reason}")


async def parse_form(content_type: str, body: bytes) -> dict[str, Any]:
    """Parse a form to strings and Uploads; `name[]` makes an array, `name[key]` an object."""
    if not content_type.startswith("multipart/form-data"):
        raise NotAForm(f"the Content-Type is {content_type or 'absent'}.")
    headers = Headers({"content-type": content_type})
    parser = _Parser(headers, _pieces(body), max_files=MOST_FILES, max_fields=MOST_FIELDS)
    try:
        async with _closing(await parser.parse()) as form:
            parser.require_end()
            return nested([(name, await _plain(value)) for name, value in form.multi_items()])
    except MultiPartException as error:
        raise NotAForm(error.message) from error


class _Parser(MultiPartParser):
    """Starlette's, which knows whether a form came to its end."""

    ended = False

    def on_end(self) -> None:
        self.ended = True

    def require_end(self) -> None:
        """Refuse a form that was cut off, and close the file that it was cut off in."""
        if not self.ended:
            for file in self._files_to_close_on_error:
                file.close()
            raise NotAForm("it is cut off.")


class _closing:  # noqa: N801  (a context manager is a verb)
    """Closes the temporary files of a form."""

    def __init__(self, form: FormData) -> None:
        self._form = form

    async def __aenter__(self) -> FormData:
        return self._form

    async def __aexit__(self, *_: object) -> None:
        await self._form.close()


async def _pieces(body: bytes) -> AsyncGenerator[bytes]:
    yield body


async def _plain(value: UploadFile | str) -> Upload | str:
    if isinstance(value, str):
        return value
    return Upload(value.filename or "", value.content_type or "application/octet-stream", await value.read())


def nested(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Put together what the names of fields take apart; of a name given twice the last value counts."""
    given: dict[str, Any] = {}
    for name, value in pairs:
        key, bracket, rest = name.partition("[")
        inner, held = rest.removesuffix("]"), given.get(key)
        if not bracket:
            given[key] = value
        elif not inner:
            given[key] = [*(held if isinstance(held, list) else ()), value]
        else:
            given[key] = {**(held if isinstance(held, dict) else {}), inner: value}
    return given


def upload(value: Any, at: str) -> Upload:
    """Read a file."""
    if not isinstance(value, Upload):
        raise InvalidType(at, "a file", described(value))
    return value


def written(reader: Reader, convert: Callable[[str], Any], what: str) -> Reader:
    """Read a value that a form can only hold as text; `what` names it: `an integer`."""

    def read(value: Any, at: str) -> Any:
        try:
            meant = convert(text(value, at))
        except ValueError as error:
            raise Malformed(at, f"expected {what}.") from error
        return reader(meant, at)

    return read


def whole(digits: str) -> int:
    """Return a whole number of a sane length; ValueError for anything else."""
    if len(digits) > 18 or not digits.removeprefix("-").isascii():
        raise ValueError(digits)
    return int(digits)


def finite(digits: str) -> float:
    """Return a number; ValueError for what is none, `nan` and `inf` included."""
    number = float(digits)
    if not isfinite(number):
        raise ValueError(digits)
    return number


def truth(word: str) -> bool:
    """Return true or false; ValueError for any other word."""
    if word not in ("true", "false"):
        raise ValueError(word)
    return word == "true"
