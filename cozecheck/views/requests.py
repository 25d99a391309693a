"""Exchanges read as requests: what was asked, and whether it was refused."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cozecheck.contract.operations import operation
from cozecheck.contract.parameters import Fault, faults
from cozecheck.exchange import Exchange, Response
from cozecheck.findings import Inconclusive, Problem, Unsupported, Verdict
from cozecheck.views.chat import chat_answer
from cozecheck.views.failures import error_in
from cozecheck.views.wire import answer

PLAIN = frozenset(("model", "messages", "stream", "max_tokens", "max_completion_tokens", "temperature"))
"""Parameters that no server refuses: a refusal of a request with no others is about its messages."""

REASONS_ELSEWHERE = frozenset(
    {
        "context_length_exceeded",
        "model_not_found",
        "insufficient_quota",
        "rate_limit_exceeded",
        "invalid_api_key",
        "content_policy_violation",
        "content_filter",
        "invalid_prompt",
        "billing_hard_limit_reached",
        "unsupported_country_region_territory",
        "invalid_image_url",
        "invalid_image_format",
        "string_above_max_length",
    }
)
UNKNOWN_MODEL = re.compile(
    r"(\bmodel\b.{0,120}(not exist|doesn't exist|not found|is unknown|not (available|supported|accessible)|deprecated)"
    r"|\b(invalid|unknown|no such|unsupported) model|pinned to .{0,80} requested)",
    re.S,
)
"""How servers say, in lower case, that they do not have a model."""
_NONSENSE = re.compile(r"no[-_]such|(does|do)[-_]?not[-_]?exist|non-?exist|not-?found|unknown-model", re.I)
"""What people call a model that is to be unknown."""
_OUTAGE = re.compile(
    r"had an error (while )?processing your request|overloaded|temporarily|try again (later|in)|timed? ?out"
)


@dataclass(frozen=True)
class Asked:
    """A request for a chat completion, and the answer to it."""

    exchange: Exchange
    response: Response
    body: dict[str, Any]

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """How the request departs from what is documented."""
        return tuple(faults(self.body))

    @cached_property
    def messages(self) -> list[dict[str, Any]]:
        """The messages that are objects."""
        messages = self.body.get("messages")
        return [each for each in messages if isinstance(each, dict)] if isinstance(messages, list) else []

    @cached_property
    def error(self) -> dict[str, Any]:
        """The error of a refusal; empty where there is no envelope."""
        error = error_in(self.response.json)
        return error if isinstance(error, dict) else {}

    @property
    def says(self) -> str:
        """The words of a refusal, in lower case."""
        message = self.error.get("message")
        words = message if isinstance(message, str) else self.response.content[:2000].decode("utf-8", "replace")
        return words.lower()

    @property
    def is_outage(self) -> bool:
        """Whether a 5xx looks like bad luck: overloaded, without a word, or OpenAI's own sentence for it."""
        silent = not self.response.content.strip()
        return self.response.status in (502, 503, 504, 529) or silent or bool(_OUTAGE.search(self.says))

    @property
    def is_refused_elsewhere(self) -> bool:
        """Whether the refusal is about the key, the quota, the model or the content, not about the request's form."""
        codes = self.error.get("code"), self.error.get("type")
        named = any(isinstance(code, str) and code in REASONS_ELSEWHERE for code in codes)
        return self.response.status in (401, 402, 403, 408, 429) or named or bool(UNKNOWN_MODEL.search(self.says))

    def names(self, *params: str) -> bool:
        """Whether the refusal names one of *params*, in `param` or in its words."""
        param = self.error.get("param")
        words = f"{param if isinstance(param, str) else ''} {self.says}"
        return any(re.search(rf"\b{re.escape(name.lower())}\b", words.lower()) for name in params)


def asked_chat(exchange: Exchange) -> Asked | None:
    """Read an answered request for a chat completion."""
    whole = chat_answer(exchange)
    if whole is None or not isinstance(exchange.request.parsed.value, dict) or not _is_declared_json(exchange):
        return None
    return Asked(exchange, whole.response, exchange.request.json)


def _is_declared_json(exchange: Exchange) -> bool:
    declared = exchange.request.headers.get("content-type")
    return declared is None or "json" in declared.lower()


def mislabelled(exchange: Exchange) -> Asked | None:
    """Read an answered request whose JSON is called something else."""
    whole = chat_answer(exchange)
    if whole is None or _is_declared_json(exchange) or not exchange.request.json:
        return None
    return Asked(exchange, whole.response, exchange.request.json)


def legal_chat(exchange: Exchange) -> Asked | None:
    """Read an answered request for a chat completion in which nothing is wrong."""
    asked = asked_chat(exchange)
    return None if asked is None or asked.faults else asked


def illegal_chat(exchange: Exchange) -> Asked | None:
    """Read an answered request for a chat completion that breaks the documentation."""
    asked = asked_chat(exchange)
    return asked if asked and asked.faults else None


def garbled(exchange: Exchange) -> Asked | None:
    """Read an answered request whose body should have been JSON and is none."""
    whole = answer(exchange)
    known = operation(exchange.request)
    if whole is None or known is None or known.method != "POST" or not known.name.endswith(".create"):
        return None
    if isinstance(exchange.request.parsed.value, dict) or not exchange.request.is_whole:
        return None
    if (exchange.request.headers.get("content-type") or "").startswith("multipart/"):
        return None
    return Asked(exchange, whole.response, {})


def acceptance(asked: Asked, what: str) -> Verdict | None:
    """Judge whether *what* was accepted; None says it was."""
    if asked.response.ok:
        return None
    status = asked.response.status
    if asked.is_refused_elsewhere:
        return Inconclusive(f"{what}: refused for another reason ({status})")
    if status >= 500 and asked.is_outage:
        return Inconclusive(f"{what}: the server was out of order ({status})")
    return Problem(f"{what} is accepted", f"{status}: {asked.says[:200]}", at="status")


def refusal_of(asked: Asked, what: str, *params: str) -> Verdict | None:
    """Judge a refusal of something optional: by its name is proper; None says there was no refusal."""
    if asked.response.status < 500 and asked.error and asked.names(*params) and not asked.response.ok:
        return Unsupported(f"{what}: {asked.says[:200]}")
    return acceptance(asked, what)


def without_effect(asked: Asked, param: str) -> Verdict:
    """Say of a refused request that the effect of *param* could not be seen."""
    if asked.response.status < 500 and asked.error and asked.names(param):
        return Unsupported(f"{param}: {asked.says[:200]}")
    return Inconclusive(f"{param}: the request was refused with {asked.response.status}")


def is_plain_but(asked: Asked, *params: str) -> bool:
    """Whether the request has no parameters but the plain ones and *params*, and a model that may be there."""
    return PLAIN.union(params).issuperset(asked.body) and not is_nonsense(asked.body.get("model"))


def is_nonsense(model: Any) -> bool:
    """Whether a model's name says that there is no such model."""
    return isinstance(model, str) and bool(_NONSENSE.search(model))
