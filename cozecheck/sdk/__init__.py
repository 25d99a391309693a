"""The only room that touches the SDK's client: fed captured bytes, or recorded."""

from cozecheck.sdk.operations import discovered
from cozecheck.sdk.reading import SURVIVES, Reader

__all__ = ["SURVIVES", "Reader", "discovered"]
