"""The checks that the options select."""

import pytest

from cozecheck import profiles
from cozecheck.checks import ALL, Check
from cozecheck.errors import CozecheckError


def selected(config: pytest.Config) -> tuple[profiles.Profile, tuple[Check, ...]]:
    """Return the profile and the checks of it that are wanted; raises pytest.UsageError naming what is wrong."""
    try:
        profile = profiles.named(config.getoption("--cozecheck-profile"))
        wanted, unwanted = (config.getoption(f"--cozecheck-{name}") for name in ("select", "ignore"))
        return profile, profiles.choose(ALL, profile, wanted, unwanted)
    except CozecheckError as error:
        raise pytest.UsageError(f"cozecheck: {error}") from None


def is_strict(config: pytest.Config, profile: profiles.Profile) -> bool:
    """Whether a warning counts as a failure."""
    return bool(config.getoption("--cozecheck-strict") or profile.strict)
