"""What surrounds every endpoint: pure ASGI, from the outside in."""

from reference_server.middleware.bodies import ReadBody
from reference_server.middleware.compressing import Compress
from reference_server.middleware.failing import AnswerErrors, told_plainly
from reference_server.middleware.identifying import Identify
from reference_server.middleware.keys import RequireKey, bearer
from reference_server.middleware.leaving import StopWithClient
from reference_server.middleware.origins import AllowOrigins

__all__ = [
    "AllowOrigins",
    "AnswerErrors",
    "Compress",
    "Identify",
    "ReadBody",
    "RequireKey",
    "StopWithClient",
    "bearer",
    "told_plainly",
]
