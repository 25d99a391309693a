"""What is read of chat completions, by whomever they are."""

from typing import Any

from pydantic import BaseModel, Field, ValidationError

from reference_server.engines.upstream_errors import UpstreamBroken


class Function(BaseModel):
    """The function of a call, or what comes of it in one chunk."""

    name: str | None = None
    arguments: str | None = None


class Call(BaseModel):
    """A tool call, or a piece of the one at `index`."""

    index: int | None = None
    id: str | None = None
    function: Function = Function()


class Said(BaseModel):
    """A message, or a piece of it. Reasoning has two names: DeepSeek's, and OpenRouter's, which is vLLM's by now."""

    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: list[Call] | None = None

    @property
    def thoughts(self) -> str:
        """The reasoning, whatever its name."""
        return self.reasoning_content or self.reasoning or ""


class Choice(BaseModel):
    """A choice, whole or in pieces. `stop_reason` is the stop sequence that ended it, where the engine tells."""

    index: int = 0
    message: Said | None = None
    delta: Said | None = None
    finish_reason: str | None = None
    stop_reason: Any = None


class Cached(BaseModel):
    """How many tokens of a prompt were in a cache."""

    cached_tokens: int | None = None


class Reasoned(BaseModel):
    """How many tokens of an answer were reasoning."""

    reasoning_tokens: int | None = None


class Usage(BaseModel):
    """What an answer cost, in tokens."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: Cached | None = None
    completion_tokens_details: Reasoned | None = None


class Completion(BaseModel):
    """A completion or a chunk of one; or, in the midst of a stream, an error."""

    id: str = ""
    model: str = ""
    choices: list[Choice] = Field(default_factory=list)
    usage: Usage | None = None
    error: Any = None


def read_completion(data: bytes) -> Completion:
    """Read a completion, or a chunk; UpstreamBroken for what is neither."""
    try:
        return Completion.model_validate_json(data)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        raise UpstreamBroken(f"no chat completion, at '{place}'") from error
