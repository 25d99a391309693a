"""Named ways to break a request, and what may be answered to each."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

REFUSED = frozenset((400, 404, 422))
"""A body that is wrong; 404 is for objects that are not there either."""
UNREAD = REFUSED | {413, 415}
"""A body that is no JSON, or not called so."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """How a request is broken.

    *statuses* may come, beside 2xx where it does not *decide*: then servers are known to take it, or nobody says that
    they must not. *names_param* says that a refusal can name one parameter.
    """

    name: str
    says: str
    statuses: frozenset[int]
    decides: bool
    names_param: bool


def _field(name: str, says: str, *, decides: bool) -> Mutation:
    return Mutation(name, says, REFUSED, decides, names_param=True)


def _body(name: str, says: str, *, decides: bool, statuses: frozenset[int] = UNREAD) -> Mutation:
    return Mutation(name, says, statuses, decides, names_param=False)


MUTATIONS: Mapping[str, Mutation] = MappingProxyType(
    {
        each.name: each
        for each in (
            _field("missing-key", "a required key is left out", decides=True),
            _field("missing-inside", "a required key is left out of a part", decides=False),
            _field("null-value", "a required value is null", decides=True),
            _field("wrong-type", "a value is of another type", decides=True),
            _field("odd-type", "a value is of another type, at a place where servers look away", decides=False),
            _field("out-of-range", "a number is beyond its documented range", decides=True),
            _field("too-many", "there is more of something than is documented", decides=True),
            _field(
                "over-limit",
                "there is more of something than is documented, where servers may allow more",
                decides=False,
            ),
            _field("too-long", "a text is longer than is documented", decides=False),
            _field("wrong-enumeration", "a value is none of those that are documented", decides=True),
            _field("unknown-choice", "a value is none of those documented, of a list that grows", decides=False),
            _field("wrong-name", "a name holds what names must not hold", decides=False),
            _field("wrong-key", "a key of a map is none", decides=True),
            _field("wrong-schema", "a JSON Schema is none", decides=False),
            _field("wrong-encoding", "base64 or a data URL is damaged", decides=False),
            _field("empty-messages", "there is no message, or no input", decides=True),
            _field("empty-array", "an array is empty that must hold something", decides=False),
            _field("not-alone", "a parameter lacks the one that it needs beside it", decides=False),
            _field("tool-order", "a tool's result answers no call", decides=False),
            _field("unknown-field", "a field does not exist", decides=False),
            _body("deep-nesting", "a value is nested a thousand levels deep", decides=True),
            _body("deep-unknown", "an unknown field is nested a thousand levels deep", decides=False),
            _body("duplicate-key", "a key stands twice", decides=False),
            _body("lone-surrogate", "half of a surrogate pair is escaped", decides=False),
            _body("truncated-json", "the JSON is cut off", decides=True),
            _body("not-an-object", "the JSON is no object", decides=True),
            _body("not-utf8", "the bytes are not UTF-8", decides=False),
            _body("not-finite", "a number is NaN or Infinity, which JSON does not have", decides=False),
            _body("trailing-bytes", "something follows the JSON", decides=False),
            _body("empty-body", "there is no body", decides=True),
            _body("huge-body", "a quarter of a megabyte of white space follows the JSON", decides=False),
            _body("truncated-form", "the form is cut off", decides=False),
            _body("wrong-content-type", "the body is called something else", decides=False),
            _body("wrong-method", "the path does not have the method", decides=True, statuses=frozenset((404, 405))),
        )
    }
)
