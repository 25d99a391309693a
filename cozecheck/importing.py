"""Foreign recordings into cassettes: files in, files out."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from cozecheck import cassettes, recordings
from cozecheck.errors import NoVerdictError, UsageError
from cozecheck.exchange import Exchange
from cozecheck.recordings import Recording
from cozecheck.scrubbing import Scrubber


@dataclass
class Done:
    """What was imported."""

    files: int = 0
    exchanges: int = 0
    flaws: Counter[str] = field(default_factory=Counter)
    masked: Counter[str] = field(default_factory=Counter)


def run(paths: Sequence[Path], output: Path, scrubber: Scrubber, *, force: bool = False) -> Done:
    """Write each file as a cassette of its name in *output*, and each folder's below.

    Raises UsageError for what is no recording, or would be written over without *force*; NoVerdictError where there
    is nothing to write.
    """
    sources = dict(_sources(paths, output))
    taken = [target for target in sources if target.exists() and not force]
    if taken:
        raise UsageError(f"{taken[0]}: is there already; --force writes over it")
    done = Done()
    for target, source in sources.items():
        kept = [_told(each, source) for each in recordings.read(source)]
        if not kept:
            continue
        done.exchanges += cassettes.write(target, kept, scrubber)
        done.files += 1
        done.flaws.update(flaw for each in kept for flaw in each.flaws)
    if not done.files:
        raise NoVerdictError(f"nothing to import: no exchange in {', '.join(map(str, paths))}")
    done.masked = scrubber.masked
    return done


def told(done: Done, output: Path) -> Iterator[str]:
    """Say what was done, in a line or a few."""
    yield f"{done.exchanges} exchanges in {done.files} cassettes below {output}"
    for flaw, number in sorted(done.flaws.items()):
        yield f"lost by the recorder: {flaw}, {number} times"
    if done.masked:
        yield "masked: " + ", ".join(f"{kind} {number} times" for kind, number in sorted(done.masked.items()))


def _sources(paths: Sequence[Path], output: Path) -> Iterator[tuple[Path, Path]]:
    """Yield cassettes to write, and the files they come from; two never go into one."""
    seen: dict[Path, Path] = {}
    for path in paths:
        for source in recordings.files([path]):
            below = source.relative_to(path) if path.is_dir() else Path(source.name)
            target = output / below.with_name(_stem(below) + ".yaml")
            if seen.setdefault(target, source) != source:
                raise UsageError(f"{seen[target]} and {source} would both become {target}: import them one by one")
            yield target, source


def _stem(path: Path) -> str:
    return Path(path.name.removesuffix(".gz")).stem


def _told(recording: Recording, source: Path) -> Recording:
    """Add where it comes from, with which SDK, and which model answered."""
    exchange = recording.exchange
    found = {"source": source.name, "format": recording.format, "sdk": _sdk(exchange), "model": _model(exchange)}
    notes: Mapping[str, Any] = {**{key: value for key, value in found.items() if value}, **recording.notes}
    said = recording.provenance or f"imported from {source.name}, as {recording.format} wrote it"
    return replace(recording, notes=notes, provenance=said)


def _sdk(exchange: Exchange) -> str:
    return exchange.request.headers.get("user-agent") or ""


def _model(exchange: Exchange) -> str:
    """Return the model that answered: its snapshot."""
    response = exchange.response
    if response is None:
        return ""
    bodies = (each.value for each in response.payloads[:2]) if response.is_stream else (response.json,)
    for body in bodies:
        inner = body.get("response") if isinstance(body, dict) else None
        for part in (body, inner):
            model = part.get("model") if isinstance(part, dict) else None
            if isinstance(model, str):
                return model
    return ""
