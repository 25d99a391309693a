"""What of a request matters to whoever passes it on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reference_server.protocol.fitting import fitted
from reference_server.protocol.json_body import parse_object
from reference_server.protocol.relayed_form import form_fields
from reference_server.protocol.urls import URL_FIELDS
from reference_server.settings.parameters import Parameters

# A list of those that pass, not of those that don't: a proxy before us may add credentials under any name.
HEADERS = (
    "accept",
    "content-type",
    "idempotency-key",
    "openai-beta",
    "traceparent",
    "tracestate",
    "x-client-request-id",
)
CAPS: Mapping[str, tuple[str, ...]] = {
    "/chat/completions": ("max_completion_tokens", "max_tokens"),
    "/completions": ("max_tokens",),
    "/responses": ("max_output_tokens",),
}
"""The parameters that bound an answer, by path; the first is set where none is given."""
FORM = "multipart/form-data"
ALL = Parameters()
"""An engine that serves every parameter."""


class Wanted(NamedTuple):
    """A body for an engine, the bytes as they came where nothing changes, and the parameters to warn about."""

    body: Mapping[str, Any] | bytes
    dropped: tuple[str, ...] = ()

    @property
    def fields(self) -> Mapping[str, Any] | None:
        """The body where it has changed."""
        return None if isinstance(self.body, bytes) else self.body


@dataclass(frozen=True, slots=True)
class Relayed:
    """A body, the model it names, and whether it asks for events. `form` is where a form holds each field."""

    body: bytes
    model: str | None = None
    streams: bool = False
    fields: Mapping[str, Any] | None = None
    form: Mapping[str, slice] = field(default_factory=dict)

    @property
    def said(self) -> Mapping[str, Any]:
        """The fields of JSON, or of a form those that may hold a URL."""
        if self.fields is not None:
            return self.fields
        return {name: self.body[at].decode("utf-8", "replace") for name, at in self.form.items() if name in URL_FIELDS}

    def asking(self, model: str | None, caps: Mapping[str, int], parameters: Parameters = ALL) -> Wanted:
        """Return the body for an engine: with its name for the model, bounds, and such parameters as it serves."""
        if self.fields is None:
            return Wanted(self._form_asking(model))
        changes = {**({"model": model} if model is not None else {}), **caps}
        changed = {key: value for key, value in changes.items() if self.fields.get(key) != value}
        fields, dropped = fitted({**self.fields, **changed} if changed else self.fields, parameters)
        return Wanted(self.body if fields is self.fields else fields, dropped)

    def _form_asking(self, model: str | None) -> bytes:
        at = self.form.get("model")
        if at is None or model in (None, self.model):
            return self.body
        return self.body[: at.start] + str(model).encode() + self.body[at.stop :]


def parse_relayed(content_type: str, body: bytes) -> Relayed:
    """Read a form or a JSON object; no body is fine."""
    if not body:
        return Relayed(body)
    if content_type.startswith(FORM):
        form = form_fields(content_type, body)
        return Relayed(body, body[form["model"]].decode("utf-8", "replace") if "model" in form else None, form=form)
    fields = parse_object(body)
    model = fields.get("model")
    return Relayed(body, model if isinstance(model, str) else None, fields.get("stream") is True, fields)


def caps(path: str, fields: Mapping[str, Any] | None, most: int | None) -> Mapping[str, int]:
    """Return the bounds to set for an answer of at most so many tokens."""
    names = CAPS.get(path, ())
    if most is None or fields is None or not names:
        return {}
    given = [name for name in names if fields.get(name) is not None]
    # What is no number is for the upstream to refuse.
    return {name: most for name in given or names[:1] if not isinstance(fields.get(name), int) or fields[name] > most}


def passed_on(headers: Mapping[str, str], request_id: str) -> Mapping[str, str]:
    """Return the headers that an upstream gets."""
    kept = {name: headers[name] for name in HEADERS if name in headers}
    return {**kept, "x-request-id": request_id}
