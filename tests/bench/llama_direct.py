"""A model called without anything between, in a process of its own: a line in says how often, a line out how fast."""

import json
import os
import sys
import threading
import time
from typing import Any

import xllamacpp

Json = dict[str, Any]


def main() -> None:
    """Load the model that the first argument describes, and call it for every line, so many times at once."""
    asked = json.loads(sys.argv[1])
    server = xllamacpp.Server(parameters(asked))
    print("ready", flush=True)
    for line in sys.stdin:
        began, spent = time.perf_counter(), time.process_time()
        tokens = called(server, [{**asked["body"], "seed": seed} for seed in range(int(line))])
        said = {"tokens": tokens, "seconds": time.perf_counter() - began, "cpu": time.process_time() - spent}
        print(json.dumps(said), flush=True)
    # Nothing is left to do, and its end takes a while.
    os._exit(0)


def parameters(asked: Json) -> Any:
    """Return the same as the engine tells llama.cpp."""
    params = xllamacpp.CommonParams()
    params.model.path = asked["path"]
    params.hostnames = [asked["socket"]]
    params.verbosity = -1
    params.n_parallel = asked["slots"]
    params.n_ctx = asked["slots"] * asked["context"]
    for cores in (params.cpuparams, params.cpuparams_batch):
        cores.n_threads = asked["threads"]
    return params


def called(server: Any, bodies: list[Json]) -> int:
    """Call the model with all of these at once; return the tokens that came."""
    counts = [0] * len(bodies)

    def call(place: int, body: Json) -> None:
        def count(chunk: Json) -> bool:
            counts[place] += any(choice["delta"].get("content") for choice in chunk["choices"])
            return False

        server.handle_chat_completions(body, count)

    threads = [threading.Thread(target=call, args=each) for each in enumerate(bodies)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts)


if __name__ == "__main__":
    main()
