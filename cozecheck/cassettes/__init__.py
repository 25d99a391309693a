"""Recordings written: scrubbed, as vcrpy writes them, and read back."""

from cozecheck.cassettes.golden import golden
from cozecheck.cassettes.writing import write

__all__ = ["golden", "write"]
