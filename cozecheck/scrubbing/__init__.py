"""Secrets and people taken out of an exchange, and searched for in what was written."""

from cozecheck.scrubbing.exchanges import Scrubber
from cozecheck.scrubbing.searching import leaks

__all__ = ["Scrubber", "leaks"]
