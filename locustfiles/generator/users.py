"""Locust's users: each calls in a loop, or dispatches for all."""

from collections.abc import Mapping
from typing import Any, ClassVar

import gevent
from locust import User, task

from generator import wiring
from generator.connection import Connection
from generator.dispatching import Dispatcher
from generator.failure import Kind
from generator.session import Session

IDLE = 0.2


class LoadUser(User):
    """A caller with a connection of its own; of an open load, the one that dispatches for its process."""

    abstract = True
    operations: ClassVar[Mapping[str, int]] = {}
    """What it calls, by weight; empty: the mix of the order."""

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        self._session: Session = wiring.session_of(environment)
        self._connection: Connection | None = None

    def on_start(self) -> None:
        """Take a connection."""
        self._connection = self._session.connect()

    def on_stop(self) -> None:
        """Close it."""
        if self._connection is not None:
            self._session.disconnect(self._connection)

    @task
    def step(self) -> None:
        """Call once; of an open load, dispatch until the end."""
        session = self._session
        shape = session.order.shape
        if session.share.is_draining:
            gevent.sleep(IDLE)
        elif shape is not None and shape.is_open:
            self._dispatch(session)
        else:
            assert self._connection is not None
            failure = session.call(self._connection, session.traffic.next(self.operations or session.order.mix))
            if failure and failure.kind == Kind.CONNECT:
                gevent.sleep(IDLE)  # nobody is there: who does not wait would ask a thousand times a second

    def _dispatch(self, session: Session) -> None:
        if session.has_dispatcher:
            gevent.sleep(IDLE)  # a second one, while Locust deals its users out anew
            return
        session.has_dispatcher = True
        try:
            Dispatcher(session).run()
            while not session.share.is_draining:
                gevent.sleep(IDLE)
        finally:
            session.has_dispatcher = False
