"""The file in which people review noise: YAML in, YAML out."""

from pathlib import Path

import yaml

from cozecheck.diff import Noise
from cozecheck.errors import UsageError

HEAD = """\
# Where the original differs from itself, as cozecheck learned it. Review it: every line that stays hides differences.
# severity: noise is counted and not told; cosmetic, changed and breaking are told as such.
"""


def read(path: Path) -> Noise:
    """Read what was reviewed; raises UsageError naming the file and the place."""
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8 text") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise UsageError(f"{path}: not YAML: {' '.join(str(error).split())}") from None
    return Noise.from_document(document, str(path))


def write(path: Path, noise: Noise) -> None:
    """Write what was learned, for review; raises UsageError where that cannot be done."""
    text = HEAD + yaml.safe_dump(noise.to_document(), sort_keys=False, allow_unicode=True, width=120)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
