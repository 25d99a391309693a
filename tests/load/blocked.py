"""The mix, from a generator that is blocked again and again."""

import os
import sys

sys.path.insert(0, os.environ["LOCUSTFILES"])

import gevent
from gevent.monkey import get_original
from locust import events

from mix import MixUser, Shape

__all__ = ["MixUser", "Shape"]


def block() -> None:
    while True:
        gevent.sleep(0.3)
        get_original("time", "sleep")(0.2)


events.test_start.add_listener(lambda **_: gevent.spawn(block))
