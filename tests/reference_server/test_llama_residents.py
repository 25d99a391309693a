"""Which models stay loaded, and which go."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from reference_server.engines.llama.residents import Need, Residents, TooLargeError


class Loaded:
    """A model that is there as soon as it is allowed to."""

    def __init__(self) -> None:
        self.is_alive = True

    async def close(self) -> None:
        self.is_alive = False


class Loading:
    """Loads when told to, and counts how often."""

    def __init__(self, *, at_once: bool = True) -> None:
        self.go = asyncio.Event()
        self.begun: list[str] = []
        self.models: dict[str, Loaded] = {}
        if at_once:
            self.go.set()

    def __call__(self, name: str) -> Callable[[], Awaitable[Loaded]]:
        async def load() -> Loaded:
            self.begun.append(name)
            await self.go.wait()
            self.models[name] = Loaded()
            return self.models[name]

        return load


async def used(residents: Residents[Loaded], loading: Loading, *names: str) -> None:
    for name in names:
        async with residents.use(Need(name, 1), loading(name)):
            pass


async def settled() -> None:
    """Let everything happen that can."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_several_are_loaded_at_the_same_time_and_each_once() -> None:
    async def run() -> list[str]:
        residents, loading = Residents[Loaded](None), Loading(at_once=False)
        tasks = [asyncio.create_task(used(residents, loading, name)) for name in ("a", "b", "a")]
        await settled()
        begun = sorted(loading.begun)
        loading.go.set()
        await asyncio.gather(*tasks)
        return begun

    assert asyncio.run(run()) == ["a", "b"]


def test_the_least_recently_used_one_goes() -> None:
    async def run() -> tuple[list[str], dict[str, bool]]:
        residents, loading = Residents[Loaded](2), Loading()
        await used(residents, loading, "a", "b", "a", "c")
        return loading.begun, {name: model.is_alive for name, model in loading.models.items()}

    assert asyncio.run(run()) == (["a", "b", "c"], {"a": True, "b": False, "c": True})


def test_nothing_goes_that_is_in_use() -> None:
    async def run() -> list[str]:
        residents, loading = Residents[Loaded](1), Loading()
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(residents.use(Need("a", 1), loading("a")))
            waiting = asyncio.create_task(used(residents, loading, "b"))
            await settled()
            before = list(loading.begun)
            # What is here is given meanwhile.
            await used(residents, loading, "a")
        await waiting
        return [*before, "then", *loading.begun]

    assert asyncio.run(run()) == ["a", "then", "a", "b"]


def test_what_does_not_fit_by_itself_is_refused() -> None:
    async def run() -> None:
        await used(Residents[Loaded](0), Loading(), "a")

    with pytest.raises(TooLargeError):
        asyncio.run(run())


def test_whoever_leaves_takes_nothing_from_those_who_wait() -> None:
    async def run() -> list[str]:
        residents, loading = Residents[Loaded](None), Loading(at_once=False)
        first, second = (asyncio.create_task(used(residents, loading, "a")) for _ in range(2))
        await settled()
        first.cancel()
        await settled()
        loading.go.set()
        await second
        return loading.begun

    assert asyncio.run(run()) == ["a"]


def test_what_failed_or_died_is_loaded_again() -> None:
    async def run() -> list[str]:
        residents, loading = Residents[Loaded](None), Loading()

        async def fail() -> Loaded:
            loading.begun.append("failed")
            raise OSError("no file")

        with pytest.raises(OSError, match="no file"):
            async with residents.use(Need("a", 1), fail):
                pass
        await used(residents, loading, "a")
        loading.models["a"].is_alive = False
        await used(residents, loading, "a", "a")
        return loading.begun

    assert asyncio.run(run()) == ["failed", "a", "a"]


def test_all_end_together_even_those_that_are_being_loaded() -> None:
    async def run() -> tuple[bool, bool]:
        residents, loading = Residents[Loaded](None), Loading()
        await used(residents, loading, "a")
        loading.go.clear()
        waiting = asyncio.create_task(used(residents, loading, "b"))
        await settled()
        await residents.close()
        (failed,) = await asyncio.gather(waiting, return_exceptions=True)
        return loading.models["a"].is_alive, isinstance(failed, asyncio.CancelledError)

    assert asyncio.run(run()) == (False, True)
