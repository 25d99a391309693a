"""Secrets and people taken out of an exchange."""

from cozecheck.scrubbing.exchanges import Scrubber

__all__ = ["Scrubber"]
