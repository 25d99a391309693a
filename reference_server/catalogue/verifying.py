"""Models held against what their index says of them."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from reference_server.catalogue.gguf import Head, NotGgufError, read_head
from reference_server.catalogue.index import Entry

CHUNK = 8 * 1024 * 1024


def problems(entry: Entry, path: Path, told: Callable[[int], None]) -> Iterator[str]:
    """Yield what is wrong with a model, in words; `told` is given the bytes of each piece that is read."""
    try:
        size = path.stat().st_size
        if size != entry.size:
            yield f"has {size} bytes, the index says {entry.size}"
            return
        if digest(path, told) != entry.sha256:
            yield "has another SHA-256 than the index says: it is damaged, or another one"
            return
        yield from contradictions(entry, read_head(path))
    except OSError as error:
        yield f"can't be read: {error.strerror}"
    except NotGgufError as error:
        yield str(error)


def contradictions(entry: Entry, head: Head) -> Iterator[str]:
    """Yield where an index says otherwise than the model itself."""
    if head.quantization not in (entry.quantization, "unknown"):
        yield f"is quantized as {head.quantization}, the index says {entry.quantization}"
    if entry.context_length > head.context_length:
        yield f"has a context of {head.context_length} tokens, the index says {entry.context_length}"
    if head.licence not in (entry.licence, "unknown"):
        yield f"is licensed as '{head.licence}', the index says '{entry.licence}'"


def digest(path: Path, told: Callable[[int], None]) -> str:
    """Return a file's SHA-256."""
    found = sha256()
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            found.update(piece)
            told(len(piece))
    return found.hexdigest()
