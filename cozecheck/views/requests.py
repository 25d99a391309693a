"""Exchanges read as requests: what was asked, and whether it was refused."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cozecheck.contract.operations import operation
from cozecheck.contract.parameters import Fault, faults
from cozecheck.exchange import Exchange, Response, read_once
from cozecheck.findings import Inconclusive, Problem, Unsupported, Verdict
from cozecheck.views.chat import chat_answer
from cozecheck.views.failures import error_in
from cozecheck.views.wire import answer, is_recorded

PLAIN = frozenset(("model", "messages", "stream", "max_tokens", "max_completion_tokens", "temperature"))
"""Parameters that no server refuses: a refusal of a request with no others is about its messages."""

ESSENTIAL = PLAIN | {"prompt", "input"}
"""Parameters without which nothing can be asked, and those above."""

REASONS_ELSEWHERE = frozenset(
    {
        "context_length_exceeded",
        "model_not_found",
        "insufficient_quota",
        "rate_limit_exceeded",
        "invalid_api_key",
        "content_policy_violation",
        "moderation_blocked",
        "content_filter",
        "invalid_prompt",
        "billing_hard_limit_reached",
        "unsupported_country_region_territory",
        "invalid_image_url",
        "invalid_image_format",
        "string_above_max_length",
        "audio_too_short",
        "DeploymentNotFound",
        "OperationNotSupported",
    }
)
UNKNOWN_MODEL = re.compile(
    r"(\bmodel\b.{0,120}(not exist|doesn't exist|not found|is unknown|deprecated)"
    r"|\b(invalid|unknown|no such) model|pinned to .{0,80} requested)",
    re.S,
)
"""How servers say, in lower case, that they do not have a model."""
UNFIT_MODEL = re.compile(r"\bmodel\b.{0,120}not (available|supported|accessible)|unsupported model", re.S)
"""How servers say, in lower case, that a model that they have is not for this."""
TOO_LONG = re.compile(r"maximum context length", re.S)
"""How completions say, without a code, that a prompt is too long."""
WORDS_PER_TOKEN = 2
"""More words a token than any tokenizer reaches on prose."""
_NONSENSE = re.compile(r"no[-_]such|(does|do)[-_]?not[-_]?exist|non-?exist|not-?found|unknown-model", re.I)
"""What people call a model that is to be unknown."""
_OUTAGE = re.compile(
    r"error (occurred )?(while )?processing your request|currently overloaded|overloaded (with|or not)"
    r"|temporarily|try again (later|in)|timed? ?out"
)
KEPT_OUT = frozenset((401, 402, 403, 408, 429))
"""Statuses of those who do not come to be read at all: the key, the money, the patience."""
_UNSUITED = frozenset(("unsupported_parameter", "unsupported_value", "unsupported_model"))
"""Codes by which OpenAI says that this model does not take what others do."""
_BESIDE_THE_POINT = frozenset(("model", "max_tokens", "max_completion_tokens", "temperature"))
"""Parameters of every plain question: a refusal that names one is not about its messages."""


@dataclass(frozen=True)
class Asked:
    """A request for a chat completion, and the answer to it."""

    exchange: Exchange
    response: Response
    body: dict[str, Any]

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        """How the request departs from what is documented."""
        found = tuple(faults(self.body))
        named_in_path = "/deployments/" in self.exchange.request.path  # Azure's way to name the model
        return tuple(fault for fault in found if fault.param != "model") if named_in_path else found

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
    def said(self) -> str:
        """The words of a refusal: its message, or its body."""
        message = self.error.get("message")
        return message if isinstance(message, str) else self.response.content[:2000].decode("utf-8", "replace")

    @property
    def says(self) -> str:
        """The same in lower case, to look for words in."""
        return self.said.lower()

    @cached_property
    def words(self) -> int:
        """How many words of text the messages hold."""
        return sum(len(text.split()) for message in self.messages for text in _texts(message.get("content")))

    @property
    def is_overloaded(self) -> bool:
        """Whether a 5xx looks like bad luck: a proxy's, or OpenAI's own sentence for it."""
        status = self.response.status
        return status in (502, 503, 504, 529) or (status >= 500 and bool(_OUTAGE.search(self.says)))

    @property
    def is_outage(self) -> bool:
        """Whether a 5xx looks like bad luck, or does not say a word."""
        return self.is_overloaded or (self.response.status >= 500 and not self.response.content.strip())

    @property
    def is_kept_out(self) -> bool:
        """Whether the request was refused before it was read."""
        return self.response.status in KEPT_OUT

    @property
    def is_unsuited(self) -> bool:
        """Whether the refusal says, by its code, that this model does not take this."""
        code = self.error.get("code")
        return self.response.status < 500 and isinstance(code, str) and code in _UNSUITED

    @property
    def is_refused_elsewhere(self) -> bool:
        """Whether the refusal is about the key, the quota, the model or the content, not about the request's form."""
        codes = self.error.get("code"), self.error.get("type")
        named = any(isinstance(code, str) and code in REASONS_ELSEWHERE for code in codes)
        return (
            self.is_kept_out or named or any(each.search(self.says) for each in (UNKNOWN_MODEL, UNFIT_MODEL, TOO_LONG))
        )

    @property
    def is_about_messages(self) -> bool:
        """Whether the refusal names a place in the messages."""
        return str(self.error.get("param")).startswith("messages")

    @property
    def named(self) -> str:
        """The parameter of the request that the refusal names in `param`; empty where that is none of it."""
        param = self.error.get("param")
        root = re.split(r"[.\[]", param)[0] if isinstance(param, str) else ""
        return root if root in self.body else ""

    @property
    def lacks(self) -> str:
        """The parameter of the request that the model does not have, as the refusal says by code and `param`."""
        return self.named if self.is_unsuited else ""

    def names(self, *params: str) -> bool:
        """Whether the refusal names one of *params*, in `param` or in its words."""
        param = self.error.get("param")
        words = f"{param if isinstance(param, str) else ''} {self.says}"
        return any(re.search(rf"\b{re.escape(name.lower())}\b", words.lower()) for name in params)


def _texts(content: Any) -> list[str]:
    parts = [part.get("text") for part in content if isinstance(part, dict)] if isinstance(content, list) else [content]
    return [part for part in parts if isinstance(part, str)]


@read_once
def asked_chat(exchange: Exchange) -> Asked | None:
    """Read an answered request for a chat completion."""
    whole = chat_answer(exchange)
    asked = exchange.request.parsed
    if whole is None or asked.fault or not isinstance(asked.value, dict) or not _is_declared_json(exchange):
        return None
    return Asked(exchange, whole.response, asked.value)


def _is_declared_json(exchange: Exchange) -> bool:
    declared = exchange.request.headers.get("content-type")
    return declared is None or "json" in declared.lower()


def mislabelled(exchange: Exchange) -> Asked | None:
    """Read an answered request whose JSON is called something else."""
    whole = chat_answer(exchange)
    if whole is None or _is_declared_json(exchange) or not exchange.request.json:
        return None
    return Asked(exchange, whole.response, exchange.request.json)


@read_once
def legal_chat(exchange: Exchange) -> Asked | None:
    """Read an answered request for a chat completion in which nothing is wrong."""
    asked = asked_chat(exchange)
    return None if asked is None or asked.faults else asked


@read_once
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
    request = exchange.request
    if isinstance(request.parsed.value, dict) or not request.is_whole or request.headers.get("content-encoding"):
        return None
    if (request.headers.get("content-type") or "").startswith("multipart/"):
        return None
    # Where a recording holds nothing that was sent, and a good answer, the recorder dropped it.
    lost = is_recorded(whole.response) and whole.response.ok and not request.body
    return None if lost else Asked(exchange, whole.response, {})


def acceptance(asked: Asked, what: str) -> Verdict | None:
    """Judge whether *what* was accepted; None says it was."""
    if asked.response.ok:
        return None
    status = asked.response.status
    if asked.is_unsuited and is_recorded(asked.response):  # of the model in question we ask only what it must take
        return Unsupported(f"{what}: {asked.said[:200]}")
    if asked.is_refused_elsewhere or (status < 500 and str(asked.error.get("param")) in _BESIDE_THE_POINT):
        return Inconclusive(f"{what}: refused for another reason ({status})")
    if status >= 500 and asked.is_outage:
        return Inconclusive(f"{what}: the server was out of order ({status})")
    return Problem(f"{what} is accepted", f"{status}: {asked.said[:200]}", at="status")


def refusal_of(asked: Asked, what: str, *params: str) -> Verdict | None:
    """Judge a refusal of something optional: by its name is proper; None says there was no refusal.

    A refusal that names another parameter of the request, which is as optional, settles nothing.
    """
    if asked.response.status < 500 and asked.error and not asked.response.ok:
        if asked.names(*params):
            return Unsupported(f"{what}: {asked.said[:200]}")
        if asked.named and asked.named not in ESSENTIAL:
            return Inconclusive(f"{what}: refused for another parameter ({asked.named})")
    return acceptance(asked, what)


def without_effect(asked: Asked, param: str) -> Verdict:
    """Say of a refused request that the effect of *param* could not be seen."""
    if asked.response.status < 500 and asked.error and asked.names(param):
        return Unsupported(f"{param}: {asked.said[:200]}")
    return Inconclusive(f"{param}: the request was refused with {asked.response.status}")


def is_plain_but(asked: Asked, *params: str) -> bool:
    """Whether the request has no parameters but the plain ones and *params*, and a model that may be there."""
    return PLAIN.union(params).issuperset(asked.body) and not is_nonsense(asked.body.get("model"))


def is_nonsense(model: Any) -> bool:
    """Whether a model's name says that there is no such model."""
    return isinstance(model, str) and bool(_NONSENSE.search(model))
