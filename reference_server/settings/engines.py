"""What may be said of an engine: where text comes from."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from reference_server.settings import coze, llama
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


BotId = Annotated[str, Field(pattern=r"^\d{1,20}$")]
NO_NAMES: Mapping[str, str] = {}
CHATS = ("/chat/completions", "/completions", "/responses")
"""How the paths begin that every engine serves."""


class Engine(Section):
    """What is said of every engine, in each worker.

    `max_concurrent` requests at once, else the server's `max_concurrent_requests`; `queue` more may wait;
    `capacity_qps` is how many it can take in a second. `serves` is how the paths begin that it serves, if not all.
    """

    serves: ClassVar[tuple[str, ...]] = ()
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


class RemoteEngine(Engine):
    """An engine at `base_url`; its key comes from a variable or a file.

    One that `fetches_urls` is passed URLs of `url_hosts` alone, lest clients reach into its network.
    """

    type: str
    base_url: Annotated[str, AfterValidator(base_url)]
    api_key_env: str | None = None
    api_key_file: str | None = None
    fetches_urls: bool = True
    timeouts: Timeouts = Timeouts()

    @model_validator(mode="after")
    def _one_key(self) -> Self:
        if self.api_key_env is not None and self.api_key_file is not None:
            raise PydanticCustomError("api_key", "a key comes from one of 'api_key_env' and 'api_key_file'")
        return self

    def api_key(self) -> str | None:
        """Return the key to bring there, None where none is configured; SettingsError where its source is empty."""
        source = Secret(env=self.api_key_env, file=self.api_key_file)
        return source.read(f"engines: {self.name}") if source.is_named else None


class OpenAIEngine(RemoteEngine):
    """Another server of OpenAI's API."""

    type: Literal["openai"]
    http2: bool = False


class CozeEngine(RemoteEngine):
    """Coze's API, v3: `base_url` is without any path, the `cloud` and the open `studio` differ on the wire.

    A model's bot is that of `bots`, else its name where that is a number, else `bot`. `separator` stands between
    the answers of one chat.
    """

    serves: ClassVar[tuple[str, ...]] = CHATS
    type: Literal["coze"]
    dialect: Literal["cloud", "studio"]
    bot: BotId | None = None
    bots: Mapping[str, BotId] = NO_NAMES
    system_role: Annotated[str, Field(pattern=r"^(prefix_user|reject|custom_variable:[A-Za-z_]{1,64})$")] = (
        "prefix_user"
    )
    separator: str = "\n\n"
    parameters: Annotated[Parameters, BeforeValidator(coze.lacking)] = Parameters.model_validate(coze.lacking({}))

    @model_validator(mode="after")
    def _no_version(self) -> Self:
        if re.search(r"/(v\d+|open_api)(/|$)", self.base_url):
            raise PydanticCustomError("base_url", "Coze's address goes without a version: 'https://api.coze.com'")
        return self

    def bot_of(self, model: str) -> str | None:
        """Return the bot that answers for a model, None where there is none."""
        return self.bots.get(model) or (model if model.isascii() and model.isdigit() else self.bot)


def spare_cores() -> int:
    """Return the cores beside the one that serves: llama.cpp's threads wait for each other, and lose by sharing."""
    return max((os.cpu_count() or 1) - 1, 1)


class LlamaEngine(Engine):
    """Models in GGUF files of `model_dir`, else of `--model-dir`, run by llama.cpp, each that is loaded as a process.

    A model's file is that of `models`, else its own name's, else `model`; names go without `.gguf`. `preload` are
    loaded at the start, others when they are asked for; all together take so many bytes of `memory`. Each answers
    `slots` requests at once, of `context_length` tokens, on `threads` cores.
    """

    serves: ClassVar[tuple[str, ...]] = (*CHATS, "/embeddings")
    type: Literal["llama"]
    model_dir: Path | None = None
    model: str | None = None
    models: Mapping[str, str] = NO_NAMES
    preload: tuple[str, ...] = ()
    memory: llama.Size | None = None
    context_length: Count = 4096
    slots: Annotated[int, Field(gt=0, le=256)] = 4
    threads: Count = Field(default_factory=spare_cores)
    parameters: Annotated[Parameters, BeforeValidator(llama.lacking)] = Parameters.model_validate(llama.lacking({}))


def kind(given: Any) -> str:
    """Return the type of an engine that is said, or else the default."""
    said = given.get("type", "synthetic") if isinstance(given, dict) else getattr(given, "type", "synthetic")
    return str(said)


AnyEngine = Annotated[
    Annotated[SyntheticEngine, Tag("synthetic")]
    | Annotated[OpenAIEngine, Tag("openai")]
    | Annotated[CozeEngine, Tag("coze")]
    | Annotated[LlamaEngine, Tag("llama")],
    Discriminator(
        kind,
        custom_error_type="engine",
        custom_error_message="unknown type of engine, known are 'synthetic', 'openai', 'coze' and 'llama'",
    ),
]
