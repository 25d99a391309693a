"""Files that people write: their text, and TOML, or one clear error."""

import tomllib
from pathlib import Path
from typing import Any, Final

from cozecheck.errors import UsageError

MAX_BYTES: Final = 256 * 1024 * 1024


def read(path: Path) -> str:
    """Return the text of a file; raises UsageError naming it."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise UsageError(f"{path}: more than {MAX_BYTES:,} bytes")
        return content.decode("utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8 text") from None
    except ValueError as error:  # a path with a null character in it
        raise UsageError(f"{str(path)!r}: cannot be read: {error}") from None


def parse_toml(text: str, where: str) -> dict[str, Any]:
    """Return the tables of a TOML text; raises UsageError, naming *where*."""
    try:
        tables = tomllib.loads(text)
        repr(tables)  # a number of so many digits that Python does not write them would break the words about it
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: not TOML: {error}") from None
    return tables
