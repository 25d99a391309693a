"""`cozecheck load-worker`: parse, call, exit."""

from typing import Annotated

import typer

from cozecheck.cli import options

Address = Annotated[
    str,
    typer.Argument(
        metavar="HOST:PORT", help="Where the load runs that is to be joined, as it printed it.", show_default=False
    ),
]


def load_worker(
    context: typer.Context,
    address: Address,
    api_key: options.ApiKey = None,
    config: options.Config = None,
    header: options.Header = None,
) -> None:
    """Send a part of a load that another machine runs."""
    import sys

    from cozecheck import load as road
    from cozecheck.cli import live
    from cozecheck.errors import NoVerdictError
    from cozecheck.probe import Endpoint

    with options.blaming(context, "address"):
        host, port = _address(address)
    with options.blaming(context, "api-key"):
        endpoint = Endpoint("http://127.0.0.1", api_key, live.header_lines(context, header or ()))
    print(f"joining the load at {address}", file=sys.stderr, flush=True)
    ended = road.work(host, port, road.secrets(endpoint))
    if ended.code:
        raise NoVerdictError(f"the load at {address} could not be joined, or broke off: {ended.last_words}")


def _address(text: str) -> tuple[str, int]:
    from cozecheck.errors import UsageError

    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isdecimal() and 0 < int(port) < 65536):
        raise UsageError(f"{text!r}: HOST:PORT is expected, as in 10.0.0.7:5557")
    return host.removeprefix("[").removesuffix("]"), int(port)
