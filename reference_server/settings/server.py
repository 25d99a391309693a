"""What concerns the server as a whole, and its caches."""

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from reference_server.settings.secrets import Secret
from reference_server.settings.section import Count, Patience, Section


class OpenAICompatibility(Section):
    """Where the API is served, and to which browsers."""

    enabled: bool = True
    endpoint: Annotated[str, Field(pattern=r"^/[\w/.-]*[\w.-]$")] = "/v1"
    allowed_origins: tuple[str, ...] = ("*",)


class AnthropicCompatibility(Section):
    """Whether Anthropic's Messages are served, below the same `endpoint`."""

    enabled: bool = True


class Redis(Section):
    """The Redis that workers share; an address with a password comes from a variable or a file.

    What takes longer than `timeout` is done without it.
    """

    url: str | None = None
    env: str | None = None
    file: str | None = None
    timeout: Patience = 0.05

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(source is not None for source in (self.url, self.env, self.file)) != 1:
            raise PydanticCustomError("redis", "an address comes from exactly one of 'url', 'env' and 'file'")
        if urlsplit(self.url or "").password:
            raise PydanticCustomError("redis", "a password does not belong in the file, name its 'env' or 'file'")
        return self

    def address(self) -> str:
        """Return the address; SettingsError where its source has none."""
        return self.url or Secret(self.env, self.file).read("cache.redis")


class Responses(Section):
    """How long whole answers are kept, in seconds, and how many bytes of them."""

    ttl: Annotated[Patience, Field(ge=300, le=600)] = 300.0
    max_bytes: Count = 256 * 1024 * 1024


class Embeddings(Section):
    """How long vectors are kept, in seconds."""

    ttl: Patience = 86_400.0


class Cache(Section):
    """What is kept to answer sooner; a cache that is not named is off, but that of parsed prompts (0 is off)."""

    prompts: Annotated[int, Field(ge=0)] = 1024
    responses: Responses | None = None
    embeddings: Embeddings | None = None
    redis: Redis | None = None

    @model_validator(mode="after")
    def _embeddings_in_redis(self) -> Self:
        if self.embeddings and not self.redis:
            raise PydanticCustomError("cache", "'embeddings' are kept in 'redis': name its address")
        return self
