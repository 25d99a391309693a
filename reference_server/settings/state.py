"""Where objects are kept between requests."""

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from reference_server.settings.secrets import Secret
from reference_server.settings.section import Patience, Section


class State(Section):
    """The database: `sqlite:///FILE` or `postgresql://...`; an address with a password comes from a variable or a file.

    What takes longer than `timeout` is refused. Responses and completions are forgotten after `days`.
    """

    url: str | None = None
    env: str | None = None
    file: str | None = None
    timeout: Patience = 5.0
    days: Annotated[int, Field(gt=0)] = 30

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if sum(source is not None for source in (self.url, self.env, self.file)) != 1:
            raise PydanticCustomError("state", "an address comes from exactly one of 'url', 'env' and 'file'")
        if urlsplit(self.url or "").password:
            raise PydanticCustomError("state", "a password does not belong in the file, name its 'env' or 'file'")
        return self

    def address(self) -> str:
        """Return the address; SettingsError where its source has none."""
        return self.url or Secret(self.env, self.file).read("state")
