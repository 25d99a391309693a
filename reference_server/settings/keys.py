"""The keys that clients bring, by reference, and what each may do."""

from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_core import PydanticCustomError

from reference_server.settings.secrets import Secret
from reference_server.settings.section import Count, Section, SettingsError

Priority = Literal["critical", "normal", "low"]


class Key(Section):
    """An API key: in a variable, in a file, as a hash, or a value given in code; and its limits.

    `models` are patterns, none is every model; `rpm`, `tpm` and `concurrency` take the place of `rate_limits`.
    """

    name: str | None = None
    env: str | None = None
    file: Path | None = None
    hash: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None
    value: SecretStr | None = None
    models: tuple[str, ...] = ()
    rpm: Count | None = None
    tpm: Count | None = None
    concurrency: Count | None = None
    priority: Priority = "normal"

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(source is not None for source in (self.env, self.file, self.hash, self.value)) != 1:
            raise PydanticCustomError("key", "a key comes from exactly one of 'env', 'file' and 'hash'")
        return self

    def digest(self) -> bytes:
        """Return what is kept of the key; SettingsError where its source has none."""
        if self.hash is not None:
            return bytes.fromhex(self.hash.removeprefix("sha256:"))
        return sha256(self._secret().encode()).digest()

    def _secret(self) -> str:
        if self.value is None:
            return Secret(self.env, self.file).read("keys")
        if not self.value.get_secret_value().strip():
            raise SettingsError("keys", "a value holds no key")
        return self.value.get_secret_value().strip()


class RateLimits(Section):
    """What a key may do that has no limits of its own: requests and tokens a minute, requests at once."""

    rpm: Count | None = None
    tpm: Count | None = None
    concurrency: Count | None = None
