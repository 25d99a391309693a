"""What is logged, and what never is: keys and content."""

from reference_server.logs.requests import RequestLog
from reference_server.logs.setup import configure
from reference_server.logs.translation import log_translation

__all__ = ["RequestLog", "configure", "log_translation"]
