"""A weighted mix of everything, as an order or COZECHECK_LOAD says."""

from generator.shapes import shape_of
from generator.users import LoadUser
from generator.wiring import ORDER

Shape = shape_of(ORDER)


class MixUser(LoadUser):
    """Calls in a loop."""
