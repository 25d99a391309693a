"""A reverse proxy that records what flows through it, and holds nothing up."""

from cozecheck.proxy.serving import HOST, serve
from cozecheck.proxy.upstream import Upstream

__all__ = ["HOST", "Upstream", "serve"]
