"""The only room that sends requests: bounded, and never surprised."""

from cozecheck.probe.endpoint import Endpoint
from cozecheck.probe.limits import Limits
from cozecheck.probe.retrying import retry_delay
from cozecheck.probe.sending import Probe

__all__ = ["Endpoint", "Limits", "Probe", "retry_delay"]
