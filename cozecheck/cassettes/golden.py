"""Where the golden cassettes are: in a wheel among the data, in a checkout beside the package."""

from importlib.resources import files
from pathlib import Path

from cozecheck.errors import NoVerdictError


def golden() -> Path:
    """Return the folder of the golden cassettes; raises NoVerdictError where they are not installed."""
    package = Path(str(files("cozecheck")))
    places = (package / "data" / "cassettes", package.parent / "cassettes")
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        raise NoVerdictError("the golden cassettes are not installed; name files or folders of your own")
    return found
