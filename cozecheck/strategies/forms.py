"""Requests that carry forms: files to keep and recordings to write down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from cozecheck.scenarios.forms import form
from cozecheck.scenarios.sending import Send, Subject
from cozecheck.strategies.bodies import body, group
from cozecheck.strategies.breaking import NOWHERE, REMOVED
from cozecheck.strategies.case import Case
from cozecheck.strategies.messages import sound
from cozecheck.strategies.transport import METHODS, WHERE
from cozecheck.strategies.values import drawn_text

Fields = dict[str, Any]
FILE = "file"
"""The field that holds the file: its name, its media type, its bytes."""


@dataclass(frozen=True, slots=True)
class FieldBreak:
    """One way to break one field of a form; *param* is how it is told."""

    mutation: str
    name: str
    value: SearchStrategy[Any]
    param: str
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FormShape:
    """How the forms of one operation are drawn, and how they are broken."""

    operation: str
    path: str
    fields: Callable[[Subject], SearchStrategy[Fields]]
    plain: Callable[[Subject], Fields]
    breaks: tuple[FieldBreak, ...]


def _break(mutation: str, name: str, *values: Any) -> FieldBreak:
    return FieldBreak(mutation, name, st.sampled_from(values) if values else REMOVED, name)


NAMES = st.sampled_from(
    ("notes.txt", "größe 🦀.bin", "a" * 200 + ".txt", "no-suffix", "../../etc/passwd", ".", "%22.txt")
)
CONTENTS = st.one_of(
    st.sampled_from((b"Hi.", b"\n", b"\x00\xff\xfe", b"a" * 4096, b"--\r\n--\r\n")), st.binary(min_size=1, max_size=24)
)
SHORT = st.sampled_from(("Hi.", "", "größe", "🦀")) | drawn_text.filter(
    lambda text: "\r" not in text and "\n" not in text
)
UPLOADED = st.tuples(NAMES, st.sampled_from(("text/plain", "application/octet-stream")), CONTENTS)
RECORDED = st.sampled_from((("tone.wav", "audio/wav", sound()), ("größe.wav", "audio/x-wav", sound())))
PURPOSES = st.sampled_from(("user_data", "assistants", "vision", "evals"))
NO_WORD = ("wizard", "", "🦀", "JSON ", "json\u0000")
NO_NUMBER = st.sampled_from(("soon", "", "1e9", "3600.5", "３６００"))
NO_LIFE = st.sampled_from(("3599", "-1", "0", "2592001", "9" * 30))
EXPIRY = {"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"}


def upload(_subject: Subject) -> SearchStrategy[Fields]:
    """Draw the fields of a file to keep."""
    expiry = st.integers(3600, 2_592_000).map(lambda life: {**EXPIRY, "expires_after[seconds]": str(life)})
    return body({FILE: UPLOADED, "purpose": PURPOSES}, {"expires_after": expiry})


def recording(subject: Subject, *, translated: bool) -> SearchStrategy[Fields]:
    """Draw the fields of a recording that is to be written down."""
    optional = {
        "prompt": group(prompt=SHORT),
        "temperature": group(temperature=st.sampled_from(("0", "0.2", "1", "0.50"))),
        "response_format": group(response_format=st.sampled_from(("json", "text", "srt", "verbose_json", "vtt"))),
    }
    only = {
        "language": group(language=st.sampled_from(("en", "de", "uk"))),
        "words": st.just({"response_format": "verbose_json", "timestamp_granularities[]": "word"}),
    }
    required = {FILE: RECORDED, "model": st.just(subject.transcription_model)}
    return body(required, optional if translated else {**optional, **only})


def _plain_recording(subject: Subject) -> Fields:
    return {FILE: ("tone.wav", "audio/wav", sound()), "model": subject.transcription_model}


UNKNOWN = _break("unknown-field", "not_a_parameter", "1", "🦀")
FILE_BREAKS = (
    _break("missing-key", FILE),
    _break("missing-key", "purpose"),
    _break("wrong-enumeration", "purpose", *NO_WORD),
    FieldBreak("unknown-choice", "expires_after[anchor]", st.sampled_from(NO_WORD), "expires_after.anchor", EXPIRY),
    FieldBreak("odd-type", "expires_after[seconds]", NO_NUMBER, "expires_after.seconds", EXPIRY),
    FieldBreak("out-of-range", "expires_after[seconds]", NO_LIFE, "expires_after.seconds", EXPIRY),
    UNKNOWN,
)
HEARD_BREAKS = (
    _break("missing-key", FILE),
    _break("missing-key", "model"),
    _break("wrong-enumeration", "response_format", *NO_WORD),
    _break("odd-type", "temperature", "hot", "", "nan", "0x1"),
    _break("out-of-range", "temperature", "-0.1", "1.1", "1e9"),
    UNKNOWN,
)
FORMS = (
    FormShape(
        "files.create",
        "/files",
        upload,
        lambda _subject: {FILE: ("a.txt", "text/plain", b"Hi."), "purpose": "user_data"},
        FILE_BREAKS,
    ),
    FormShape(
        "audio.transcriptions.create",
        "/audio/transcriptions",
        lambda subject: recording(subject, translated=False),
        _plain_recording,
        HEARD_BREAKS,
    ),
    FormShape(
        "audio.translations.create",
        "/audio/translations",
        lambda subject: recording(subject, translated=True),
        _plain_recording,
        HEARD_BREAKS,
    ),
)


def written(shape: FormShape, fields: Mapping[str, Any]) -> Case:
    """Write a form."""
    plain = {name: value for name, value in fields.items() if name != FILE}
    return Case(shape.operation, form(shape.operation, shape.path, plain, file=fields.get(FILE)))


def legal_form(shape: FormShape, subject: Subject) -> SearchStrategy[Case]:
    """Draw a legal form."""
    return shape.fields(subject).map(lambda fields: written(shape, fields))


def illegal_form(shape: FormShape, subject: Subject) -> SearchStrategy[Case]:
    """Draw a form that is broken in one field, or as a whole."""
    plain = shape.plain(subject)
    whole = written(shape, plain)
    ways = [each.value.map(partial(_with_field, shape, plain, each)) for each in shape.breaks]
    return st.one_of(*ways, st.builds(partial(_as_whole, whole), st.sampled_from(WHOLE), WHERE))


def _with_field(shape: FormShape, plain: Fields, each: FieldBreak, value: Any) -> Case:
    fields = {**plain, **each.beside, each.name: value}
    left = {name: there for name, there in fields.items() if there is not NOWHERE}
    return replace(written(shape, left), mutation=each.mutation, param=each.param)


WHOLE = ("truncated-form", "empty-body", "wrong-content-type", "wrong-method")


def _as_whole(case: Case, mutation: str, where: int) -> Case:
    send = case.send
    content = send.content or b""
    broken: dict[str, Send] = {
        "truncated-form": replace(send, content=content[: where * len(content) // 1000]),
        "empty-body": replace(send, content=b""),
        "wrong-content-type": replace(send, headers=(("content-type", "application/json"),)),
        "wrong-method": replace(send, method=METHODS[where % len(METHODS)]),
    }
    return replace(case, send=broken[mutation], mutation=mutation)
