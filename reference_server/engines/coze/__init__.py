"""Coze's own API, version 3, in its two dialects."""

from reference_server.engines.coze.engine import Coze

__all__ = ["Coze"]
