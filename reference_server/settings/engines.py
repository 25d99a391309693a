"""What may be said of an engine: where text comes from."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from reference_server.settings.parameters import Parameters
from reference_server.settings.secrets import Secret
from reference_server.settings.section import Count, Patience, Seconds, Section


def base_url(value: str) -> str:
    """Return the address of an API without the slash at its end; a password has no place in it."""
    scheme, _, rest = value.partition("://")
    host = rest.partition("/")[0]
    if scheme not in ("http", "https") or not host or "@" in host or "?" in rest or "#" in rest:
        raise PydanticCustomError("base_url", "an address like 'https://host/v1', without user, query or fragment")
    return value.rstrip("/")


class Engine(Section):
    """What is said of every engine, in each worker.

    `max_concurrent` requests at once, else the server's `max_concurrent_requests`; `queue` more may wait;
    `capacity_qps` is how many it can take in a second.
    """

    name: Annotated[str, Field(pattern=r"^[\w.-]+$")]
    weight: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0
    max_concurrent: Count | None = None
    queue: Annotated[int, Field(ge=0)] = 1000
    capacity_qps: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    parameters: Parameters = Parameters()


class SyntheticEngine(Engine):
    """Text without a model. `context_length` in tokens, delays in seconds."""

    type: Literal["synthetic"] = "synthetic"
    context_length: Count = 16_384
    first_token_delay: Seconds = 0.0
    token_delay: Seconds = 0.0


class Timeouts(Section):
    """How many seconds an upstream may take; what is not said is the server's `request_timeout`."""

    connect: Patience = 5.0
    first_token: Patience | None = None
    idle: Patience | None = None
    total: Patience | None = None


class OpenAIEngine(Engine):
    """Another server of OpenAI's API, at `base_url`; its key comes from a variable or a file.

    One that `fetches_urls` is passed URLs of `url_hosts` alone, lest clients reach into its network.
    """

    type: Literal["openai"]
    base_url: Annotated[str, AfterValidator(base_url)]
    api_key_env: str | None = None
    api_key_file: str | None = None
    http2: bool = False
    fetches_urls: bool = True
    timeouts: Timeouts = Timeouts()

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if self.api_key_env is not None and self.api_key_file is not None:
            raise PydanticCustomError("api_key", "a key comes from one of 'api_key_env' and 'api_key_file'")
        return self

    def api_key(self) -> str | None:
        """Return the key to bring upstream, None where none is configured; SettingsError where its source is empty."""
        source = Secret(env=self.api_key_env, file=self.api_key_file)
        return source.read(f"engines: {self.name}") if source.is_named else None


def kind(given: Any) -> str:
    """Return the type of an engine that is said, or else the default."""
    said = given.get("type", "synthetic") if isinstance(given, dict) else getattr(given, "type", "synthetic")
    return str(said)


AnyEngine = Annotated[
    Annotated[SyntheticEngine, Tag("synthetic")] | Annotated[OpenAIEngine, Tag("openai")],
    Discriminator(
        kind,
        custom_error_type="engine",
        custom_error_message="unknown type of engine, known are 'synthetic' and 'openai'",
    ),
]
