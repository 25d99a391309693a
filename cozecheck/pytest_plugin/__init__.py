"""cozecheck for people who live in pytest: fixtures, and checks as test items.

Everything else is imported where it is used: pytest loads this module in every run, also in those that do not use it.
"""

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from cozecheck.pytest_plugin.judging import Judge
    from cozecheck.pytest_plugin.target import Target

JUDGE: "pytest.StashKey[Judge]" = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options; each begins with `--cozecheck`."""
    group = parser.getgroup("cozecheck", "judge a server that claims OpenAI's API")
    group.addoption("--cozecheck", action="store_true", help="Run the checks against a target, each as a test.")
    group.addoption("--cozecheck-base-url", metavar="URL", help="The target; else the bundled server.")
    group.addoption("--cozecheck-api-key", metavar="KEY", help="Its key; better in OPENAI_API_KEY.")
    group.addoption("--cozecheck-model", metavar="NAME", help="The model to ask; else one that is listed.")
    group.addoption("--cozecheck-profile", metavar="NAME", default="all", help="A named selection, or a file.")
    group.addoption(
        "--cozecheck-select", metavar="GLOB", action="append", default=[], help="Checks or families to judge by."
    )
    group.addoption("--cozecheck-ignore", metavar="GLOB", action="append", default=[], help="Checks to leave out.")
    group.addoption("--cozecheck-strict", action="store_true", help="A warning counts as a failure.")
    group.addoption("--cozecheck-flaw", metavar="NAME", help="The bundled server is wrong on purpose.")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add an item for each check, before anybody selects among the items."""
    if config.getoption("--cozecheck"):
        from cozecheck.pytest_plugin.items import collected

        items.extend(collected(session))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Remove, when all is over, what the workers of pytest-xdist hand each other."""
    if node.config.getoption("--cozecheck"):
        import shutil

        from cozecheck.pytest_plugin.running import place

        folder = place(node.workerinput["testrunuid"])
        node.config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Judge, when a test has run, what its clients sent and received."""
    result = yield
    if JUDGE in item.stash:
        item.stash[JUDGE].settle()
    return result


@pytest.fixture(scope="session")
def cozecheck_server(request: pytest.FixtureRequest) -> "Iterator[Target]":
    """The bundled server on a free port: base_url, api_key, model."""
    from cozecheck.pytest_plugin.target import served

    with served(request.config) as target:
        yield target


@pytest.fixture(scope="session")
def cozecheck_target(request: pytest.FixtureRequest) -> "Target":
    """The server that `--cozecheck-base-url` names, else the bundled one: base_url, api_key, model."""
    from cozecheck.pytest_plugin.target import named

    found = named(request.config)
    bundled: Target = found or request.getfixturevalue("cozecheck_server")
    return bundled


@pytest.fixture
def cozecheck_judge(request: pytest.FixtureRequest) -> "Iterator[Judge]":
    """Judge what a client sends and receives: `client = cozecheck_judge(OpenAI())`; the test fails by what departs."""
    from cozecheck.pytest_plugin.judging import judge

    with judge(request.config) as made:
        request.node.stash[JUDGE] = made
        yield made
