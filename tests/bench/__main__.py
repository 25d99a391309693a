"""`make bench`: every figure, beside what it is measured against and what is aimed at."""

import sys

from tests.bench import diffing, judging, llama, loading, properties, proxying, server

PARTS = {
    "judging": judging.main,
    "diffing": diffing.main,
    "proxying": proxying.main,
    "server": server.main,
    "llama": llama.main,
    "properties": properties.main,
    "load": loading.main,
}


def main() -> None:
    """Run the parts that are named, or all of them."""
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main()
