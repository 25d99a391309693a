"""The models that are shown."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from reference_server.settings.section import Section, SettingsError


class Model(Section):
    """A model as `GET /models` shows it; `snapshot` is the dated name that answers carry."""

    id: Annotated[str, Field(min_length=1)]
    created: int = 1_715_367_049
    owned_by: str = "system"
    snapshot: str | None = None


def models_in(folder: Path) -> Iterator[Model]:
    """Find the models that lie in a folder: a `.gguf` file, or a folder with a `config.json`, each."""
    try:
        found = sorted(folder.iterdir())
    except OSError as error:
        raise SettingsError(folder, f"can't be read: {error.strerror}") from error
    for path in found:
        if path.suffix == ".gguf" or (path / "config.json").is_file():
            name = path.stem if path.suffix == ".gguf" else path.name
            yield Model(id=name, created=int(path.stat().st_mtime), owned_by="local")


MODELS = (
    Model(id="gpt-4o-mini", created=1_721_172_741, snapshot="gpt-4o-mini-2024-07-18"),
    Model(id="gpt-4o-mini-2024-07-18", created=1_721_172_717),
    Model(id="gpt-4o", created=1_715_367_049, snapshot="gpt-4o-2024-08-06"),
    Model(id="gpt-4o-2024-08-06", created=1_722_814_719),
    Model(id="text-embedding-3-small", created=1_705_948_997),
    Model(id="text-embedding-3-large", created=1_705_953_180),
    Model(id="text-embedding-ada-002", created=1_671_217_299, owned_by="openai-internal"),
    Model(id="gpt-3.5-turbo-instruct", created=1_692_901_427),
    Model(id="omni-moderation-latest", created=1_731_689_265, snapshot="omni-moderation-2024-09-26"),
    Model(id="omni-moderation-2024-09-26", created=1_732_734_466),
    Model(id="text-moderation-latest", created=1_691_000_000, snapshot="text-moderation-007"),
    Model(id="text-moderation-007", created=1_691_000_000),
    Model(id="gpt-image-2", created=1_776_729_600),
    Model(id="gpt-image-1-mini", created=1_758_845_821),
    Model(id="gpt-4o-mini-tts", created=1_742_403_959),
    Model(id="tts-1", created=1_681_940_951, owned_by="openai-internal"),
    Model(id="whisper-1", created=1_677_532_384, owned_by="openai-internal"),
    Model(id="ft:gpt-4o-mini-2024-07-18:example::a1b2c3d4", created=1_726_000_000, owned_by="example"),
    Model(id="example/gpt-4o-mini", created=1_726_000_000, owned_by="example"),
)
