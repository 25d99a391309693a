"""What a store promises, held by each of them."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from reference_server.errors import StateAway
from reference_server.state import DatabaseStore, Store, unchanged
from tests.state.stores import DATABASES, NOW, STORES, address, at, used

EVERY = pytest.mark.parametrize("kind", STORES)
LASTING = pytest.mark.parametrize("kind", DATABASES)
ODD: dict[str, Any] = {"text": "größe 👍🏽 \x00 \ud83d", "number": 10**30, "half": 0.1, "none": None, "list": [1, [2]]}


@EVERY
def test_what_is_kept_comes_back_as_it_was(kind: str, tmp_path: Path) -> None:
    async def use(store: Store) -> Any:
        await store.keep("a", "1", ODD, {"bytes": b"\x00\xff"})
        return await store.get("a", "1"), await store.parts("a", "1"), await store.get("b", "1")

    assert used(kind, tmp_path, use) == (ODD, {"bytes": b"\x00\xff"}, None)


@EVERY
def test_objects_and_parts_come_in_their_order(kind: str, tmp_path: Path) -> None:
    async def use(store: Store) -> Any:
        for number in (3, 1, 2):
            await store.keep("a", str(number), {"number": number})
        await store.change("a", "3", unchanged, {"z": b"1", "a": b"2"})
        await store.change("a", "3", unchanged, {"m": b"3", "z": b"4"})
        return [each["number"] for each in await store.all("a")], await store.parts("a", "3")

    numbers, parts = used(kind, tmp_path, use)
    assert numbers == [3, 1, 2]
    assert parts == {"a": b"2", "m": b"3", "z": b"4"}
    assert {name: place for place, name in enumerate(parts)}["a"] < {n: p for p, n in enumerate(parts)}["m"]


@EVERY
def test_what_is_deleted_takes_its_parts_along(kind: str, tmp_path: Path) -> None:
    async def use(store: Store) -> Any:
        await store.keep("a", "1", {}, {"x": b"1", "y": b"2"})
        taken = [await store.take_out("a", "1", "x") for _ in range(2)]
        deleted = [await store.delete("a", "1") for _ in range(2)]
        await store.keep("a", "1", {})
        return taken, deleted, await store.parts("a", "1")

    assert used(kind, tmp_path, use) == ([True, False], [True, False], {})


@EVERY
def test_a_change_that_fails_changes_nothing(kind: str, tmp_path: Path) -> None:
    def fails(_: Any) -> Any:
        raise ZeroDivisionError

    async def use(store: Store) -> Any:
        await store.keep("a", "1", {"n": 1})
        with pytest.raises(ZeroDivisionError):
            await store.change("a", "1", fails, {"x": b"1"})
        nobody = await store.change("a", "2", fails)
        return nobody, await store.get("a", "1"), await store.parts("a", "1")

    assert used(kind, tmp_path, use) == (None, {"n": 1}, {})


@EVERY
def test_changes_at_the_same_time_are_all_made(kind: str, tmp_path: Path) -> None:
    async def use(store: Store) -> Any:
        await store.keep("a", "1", {"n": 0})
        more = lambda value: {"n": value["n"] + 1}  # noqa: E731
        await asyncio.gather(*(store.change("a", "1", more, {str(number): b"x"}) for number in range(40)))
        return await store.get("a", "1"), len(await store.parts("a", "1"))

    assert used(kind, tmp_path, use) == ({"n": 40}, 40)


@EVERY
def test_what_is_old_is_forgotten(kind: str, tmp_path: Path) -> None:
    async def use(store: Store) -> Any:
        for id in "12":
            await store.keep("a", id, {})
        await store.keep("b", "1", {})
        return await store.forget("a", NOW), await store.forget("a", NOW + 1), await store.all("b")

    assert used(kind, tmp_path, use) == (0, 2, [{}])


@LASTING
def test_what_is_kept_outlives_who_kept_it(kind: str, tmp_path: Path) -> None:
    async def keep(store: Store) -> None:
        await store.keep("a", "1", ODD)

    async def look(store: Store) -> Any:
        return await store.get("a", "1")

    with address(kind, tmp_path) as url:
        at(url, keep)
        assert at(url, look) == ODD


@LASTING
def test_many_that_open_an_empty_database_at_once_are_all_served(kind: str, tmp_path: Path) -> None:
    async def open_all(url: str) -> int:
        stores = [DatabaseStore(url, lambda: NOW, 30.0) for _ in range(6)]
        await asyncio.gather(*(store.keep("a", str(number), {}) for number, store in enumerate(stores)))
        found = len(await stores[0].all("a"))
        await asyncio.gather(*(store.close() for store in stores))
        return found

    with address(kind, tmp_path) as url:
        assert asyncio.run(open_all(url)) == 6


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/x", "sqlite:////nowhere/at/all.db"])
def test_what_cannot_be_reached_is_a_refusal(url: str) -> None:
    async def use() -> None:
        store = DatabaseStore(url, lambda: NOW, 5.0)
        try:
            await store.get("a", "1")
        finally:
            await store.close()

    with pytest.raises(StateAway) as raised:
        asyncio.run(use())
    assert (raised.value.status, raised.value.code) == (503, "state_unavailable")


@pytest.mark.parametrize("url", ["mysql://x", "nonsense", ""])
def test_an_address_that_is_none_of_ours(url: str) -> None:
    with pytest.raises(ValueError, match="begins with 'sqlite:///' or 'postgresql://'"):
        DatabaseStore(url, lambda: NOW, 5.0)
