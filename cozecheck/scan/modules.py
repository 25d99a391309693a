"""Which file of an application an import means."""

import sys
from collections.abc import Iterable, Iterator
from posixpath import dirname, join, normpath
from typing import Final

from cozecheck.scan.code import Module
from cozecheck.scan.libraries import packages

LIBRARIES: Final = frozenset(name.partition(".")[0] for name in packages("python"))
"""Never modules of the application, though it may well have a `providers/openai.py`."""
SOURCES: Final = ("@/", "~/")
"""What stands for the folder of an application's own scripts; others are known to its `tsconfig.json` only."""
SCRIPTS: Final = (".js", ".ts", ".mjs", ".jsx", ".tsx", ".cjs")


class Index:
    """The modules of an application, by what imports call them."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self._by_name: dict[tuple[str, str], Module] = {}
        self._by_ending: dict[tuple[str, str], Module] = {}
        for module in modules:
            self._by_name.setdefault((module.language, module.name), module)
            for ending in _endings(module.name, "." if module.language == "python" else "/"):
                self._by_ending.setdefault((module.language, ending), module)

    def find(self, name: str, file: str, language: str) -> Module | None:
        """Return the module that *name* means in *file*; None if it is none of the application's."""
        return self._script(name, file) if language == "javascript" else self._python(name)

    def _python(self, name: str) -> Module | None:
        """Look a name up, or the end of one, as sources may lie in a folder; a relative one begins with a dot."""
        if name.startswith("."):
            return self._by_name.get(("python", name.lstrip(".")))
        root = name.partition(".")[0]
        if root in LIBRARIES:
            return None
        found = self._by_name.get(("python", name))
        return found or (None if root in sys.stdlib_module_names else self._by_ending.get(("python", name)))

    def _script(self, name: str, file: str) -> Module | None:
        if name.startswith(SOURCES):
            return self._by_ending.get(("javascript", _stem(name[2:])))
        if not name.startswith("."):
            return None
        stem = _stem(normpath(join(dirname(file), name)))
        return self._by_name.get(("javascript", stem)) or self._by_name.get(("javascript", f"{stem}/index"))


def _stem(path: str) -> str:
    return path.rpartition(".")[0] if path.endswith(SCRIPTS) else path


def _endings(name: str, separator: str) -> Iterator[str]:
    """Yield `b.c` and `c` of `a.b.c`; `a/b` and `b` of `a/b/index`, too."""
    while separator in name:
        name = name.partition(separator)[2]
        yield from (name, name.removesuffix("/index"))
