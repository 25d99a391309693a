"""Where indexes and models come from: a folder, a file, an address."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin

import httpx2

from reference_server.catalogue.index import MOST_BYTES, NAME, Index, parse_index
from reference_server.settings import SettingsError

CHUNK = 1024 * 1024
PATIENCE = 30.0
"""Seconds that a server of models may be silent."""
Read = Callable[[], bytes]
"""Gives the next piece, and none at the end."""


class Source(NamedTuple):
    """An index, and where it is."""

    place: str
    listed: Index


def read_source(place: str) -> Source:
    """Read the index of a folder, a file or an address; SettingsError in one line where there is none."""
    if not is_address(place) and Path(place).is_dir():
        place = str(Path(place) / NAME)
    content = bytearray()
    with opened(place) as read:
        while len(content) <= MOST_BYTES and (piece := read()):
            content += piece
    return Source(place, parse_index(bytes(content), place))


@contextmanager
def opened(place: str) -> Iterator[Read]:
    """Open a file or an address; SettingsError for what goes wrong with it, in the block as well."""
    try:
        if is_address(place):
            with httpx2.stream("GET", place, timeout=PATIENCE, follow_redirects=True) as response:
                if not response.is_success:
                    raise SettingsError(place, f"answers with status {response.status_code}")
                pieces = response.iter_bytes(CHUNK)
                yield lambda: next(pieces, b"")
        else:
            with Path(place).open("rb") as file:
                yield lambda: file.read(CHUNK)
    except OSError as error:
        raise SettingsError(place, f"can't be read: {error.strerror}") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise SettingsError(place, f"can't be fetched: {type(error).__name__}") from error


def is_address(place: str) -> bool:
    """Tell an address from a path."""
    return place.startswith(("http://", "https://"))


def beside(place: str, file: str) -> str:
    """Return where a file is that lies beside an index."""
    return urljoin(place, file) if is_address(place) else str(Path(place).parent / file)
