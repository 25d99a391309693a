"""Whom the tests ask."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from cozecheck import bundled
from cozecheck.config import SECRETS
from cozecheck.errors import CozecheckError
from cozecheck.probe import Endpoint


@dataclass(frozen=True, slots=True)
class Target:
    """A server, as clients are told of it."""

    base_url: str
    api_key: str | None
    model: str | None


def named(config: pytest.Config) -> Target | None:
    """Return the server that the options name; None where they name none."""
    base_url = config.getoption("--cozecheck-base-url")
    if base_url is None:
        return None
    if config.getoption("--cozecheck-flaw"):
        raise pytest.UsageError("--cozecheck-flaw is for the bundled server only: leave out the flaw, or the base URL")
    try:
        Endpoint(base_url)
    except CozecheckError as error:
        raise pytest.UsageError(f"--cozecheck-base-url: {error}") from None
    variables = (os.environ.get(name) for name in SECRETS["api-key"])
    key = config.getoption("--cozecheck-api-key") or next(filter(None, variables), None)
    return Target(base_url, key, config.getoption("--cozecheck-model"))


@contextmanager
def served(config: pytest.Config) -> Iterator[Target]:
    """Run the bundled server for as long as the block lasts."""
    with bundled.running(config.getoption("--cozecheck-flaw")) as server:
        yield Target(server.base_url, server.api_key, config.getoption("--cozecheck-model") or server.model)


@contextmanager
def reached(config: pytest.Config) -> Iterator[Target]:
    """Give the server that is named, or the bundled one, running."""
    target = named(config)
    if target is not None:
        yield target
        return
    with served(config) as target:
        yield target
