"""An app's own traffic recorded: a proxy runs until it is told to end."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress

from cozecheck.errors import NoVerdictError
from cozecheck.proxy import Upstream, serve
from cozecheck.record.keeping import Folder
from cozecheck.record.metering import Meter


def run(
    upstream: Upstream, folder: Folder, meter: Meter, *, host: str, port: int, announce: Callable[[str], None]
) -> None:
    """Record what passes until SIGINT or SIGTERM; *announce* is told our base URL.

    Raises UsageError where it cannot listen, NoVerdictError where something or all could not be kept.
    """
    try:
        with asyncio.Runner() as runner:
            runner.run(_serve(upstream, folder, meter, host, port, announce))
    finally:
        folder.close()
    require_kept(folder)


def require_kept(folder: Folder) -> None:
    """Raise NoVerdictError where anything was lost on its way to the folder, or nothing came."""
    if folder.faults:
        raise NoVerdictError(f"{len(folder.faults)} of the exchanges could not be written: {folder.faults[0]}")
    if not folder.written:
        raise NoVerdictError(f"nothing was recorded into {folder.path}: no request came through that was answered")


async def _serve(
    upstream: Upstream, folder: Folder, meter: Meter, host: str, port: int, announce: Callable[[str], None]
) -> None:
    told = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(each, told.set)

    async with serve(upstream, folder.keep, host=host, port=port, refuse=meter.refuse) as base_url:
        announce(base_url)
        await told.wait()
