"""Several processes that share a port; one that dies is replaced."""

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic, sleep

log = logging.getLogger(__name__)

WATCHED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
PAUSE = 1.0
"""Seconds that a worker waits which takes the place of one that lived no longer."""

Work = Callable[[socket.socket, int, bool], None]
"""What a worker does: it serves on a socket. The pipe ends when the parent does; the flag says that it replaces one."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A running worker: which socket it serves, and since when."""

    place: int
    since: float


class Workers:
    """A process for each listener. The parent serves nobody: it starts them, passes signals on, and replaces the dead.

    Their listeners stay open here: who connects while one is replaced waits for the next. They are forked from a
    process that has all loaded and no event loop, so that they begin at once.
    """

    def __init__(self, work: Work, listeners: Sequence[socket.socket]) -> None:
        """Start nothing yet."""
        self._work = work
        self._listeners = listeners
        self._running: dict[int, Worker] = {}
        self._told = False
        self._life, self._ours = os.pipe()

    def run(self, opened: Callable[[], None]) -> None:
        """Serve until SIGTERM or SIGINT, and all workers have drained. A second signal ends all at once."""
        signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
        for place in range(len(self._listeners)):
            self._start(place)
        opened()
        while self._running:
            self._heed(signal.sigwait(WATCHED))

    def _heed(self, number: int) -> None:
        if number == signal.SIGCHLD:
            self._replace()
        elif number == signal.SIGHUP:
            self._tell(signal.SIGHUP)
        elif self._told:
            self._tell(signal.SIGKILL)
            os._exit(128 + number)
        else:
            self._told = True
            for listener in self._listeners:
                listener.close()
            self._tell(signal.SIGTERM)

    def _tell(self, number: int) -> None:
        for pid in self._running:
            os.kill(pid, number)

    def _replace(self) -> None:
        while self._running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            # As the first process of a container we are given the children of others, too.
            worker = self._running.pop(pid, None)
            if worker and not self._told:
                self._start(worker.place, replaces=worker)
                log.error("worker %d has ended (%s): another takes its place", pid, ending(status))

    def _start(self, place: int, replaces: Worker | None = None) -> None:
        pid = os.fork()
        if pid:
            self._running[pid] = Worker(place, monotonic())
            return
        code = 1
        try:
            os.close(self._ours)
            for other in {*self._listeners} - {self._listeners[place]}:
                other.close()
            if replaces and monotonic() - replaces.since < PAUSE:
                sleep(PAUSE)
            self._work(self._listeners[place], self._life, replaces is not None)
            code = 0
        except BaseException:
            log.exception("a worker has failed")
        finally:
            # Further up are the parent's callers: they are not for us.
            logging.shutdown()
            sys.stdout.flush()
            os._exit(code)


def ending(status: int) -> str:
    """Say how a process ended."""
    code = os.waitstatus_to_exitcode(status)
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
