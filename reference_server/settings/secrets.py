"""Secrets by reference: an environment variable or a file, never a value."""

import os
from dataclasses import dataclass
from pathlib import Path

from reference_server.settings.section import SettingsError


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is found."""

    env: str | None = None
    file: Path | str | None = None

    @property
    def is_named(self) -> bool:
        """Whether there is a source at all."""
        return self.env is not None or self.file is not None

    def read(self, where: str) -> str:
        """Return the secret; SettingsError, at `where`, if its source holds none."""
        found = self._found(where).strip()
        if not found:
            raise SettingsError(where, f"{self.file or self.env} holds no key")
        return found

    def _found(self, where: str) -> str:
        if self.file is None:
            return os.environ.get(self.env or "", "")
        try:
            return Path(self.file).read_text("utf-8")
        except OSError as error:
            raise SettingsError(where, f"{self.file} can't be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise SettingsError(where, f"{self.file} is not UTF-8") from error
