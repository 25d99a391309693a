"""Wrong requests, whose refusal is the success."""

from typing import ClassVar

from generator.shapes import shape_of
from generator.users import LoadUser
from generator.wiring import ORDER

Shape = shape_of(ORDER)


class ErrorsUser(LoadUser):
    """Calls in a loop."""

    operations: ClassVar = {"errors": 1}
