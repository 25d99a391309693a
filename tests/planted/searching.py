"""A search of the reference server that lies in this folder, told as JSON: run it there, as a process."""

import json
import sys
from dataclasses import replace
from pathlib import Path

from cozecheck import conformance
from cozecheck.properties import Lifetimes, Prospect
from tests.properties.searches import searched, server

drawn = conformance.prospect


def search(operation: str) -> list[dict[str, object]]:
    """Send what is drawn for one operation of all, as many requests as are usual; return the failures that are kept."""

    def of_one(*given: object) -> Prospect:
        found = drawn(*given)  # type: ignore[arg-type]
        return replace(found, pools=tuple(pool for pool in found.pools if pool.operation == operation))

    conformance.prospect = of_one  # type: ignore[assignment]
    conformance.lifetimes = lambda *_: Lifetimes()
    searched(server(), chosen=(), played=(), folder=Path())
    return [json.loads(path.read_text("utf-8")) for path in sorted(Path("failures").glob("*.json"))]


if __name__ == "__main__":
    print(json.dumps(search(sys.argv[1])))
