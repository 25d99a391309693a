"""What llama.cpp refuses, as clients are told of it."""

import re
from collections.abc import Mapping
from typing import Any

from reference_server.engines.upstream_errors import UpstreamBroken, UpstreamFailure
from reference_server.errors import ContextLengthExceeded, InputsTooLong, Refusal

TOO_LONG = "exceed_context_size_error"
TOO_LARGE = re.compile(r"input \((\d+) tokens\) is too large to process.*current batch size: (\d+)")
LONGEST_WORDS = 300
BAD_REQUEST = 400


class NotTaken(Refusal):
    """A request that llama.cpp, or the model's template, makes nothing of."""

    def __init__(self, words: str) -> None:
        """`words` are llama.cpp's own, about the request."""
        message = f"This model's engine does not take the request: {words[:LONGEST_WORDS]}"
        super().__init__(BAD_REQUEST, message, code="invalid_value")


class NotRunning(UpstreamFailure):
    """A model that could not be loaded; why is for the operator."""

    def __init__(self, detail: str) -> None:
        """`detail` is for the log."""
        super().__init__(
            502, "The model could not be loaded. This is for its operator to mend.", "model_broken", detail
        )


def failure_in(answer: Mapping[str, Any]) -> Refusal | None:
    """Return the failure that an answer tells of, if it does."""
    error = answer.get("error")
    if not isinstance(error, dict):
        return None
    if error.get("type") == TOO_LONG:
        return ContextLengthExceeded(error.get("n_ctx", 0), error.get("n_prompt_tokens", 0), None)
    words = str(error.get("message", ""))
    if match := TOO_LARGE.search(words):
        return InputsTooLong(int(match[2]), int(match[1]))
    return NotTaken(words) if error.get("code") == BAD_REQUEST else UpstreamBroken(words[:LONGEST_WORDS])
