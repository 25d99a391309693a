"""The file in which people review noise: YAML in, YAML out."""

from pathlib import Path

import yaml

from cozecheck import texts
from cozecheck.diff import Noise
from cozecheck.errors import UsageError
from cozecheck.recordings.documents import parse_yaml

HEAD = """\
# Where the original differs from itself, as cozecheck learned it. Review it: every line that stays hides differences.
# severity: noise is counted and not told; cosmetic, changed and breaking are told as such.
"""


def read(path: Path) -> Noise:
    """Read what was reviewed; raises UsageError naming the file and the place."""
    return Noise.from_document(parse_yaml(texts.read(path).encode(), str(path)), str(path))


def write(path: Path, noise: Noise) -> None:
    """Write what was learned, for review; raises UsageError where that cannot be done."""
    text = HEAD + yaml.safe_dump(noise.to_document(), sort_keys=False, allow_unicode=True, width=120)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
