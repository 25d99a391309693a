"""Chat completions that follow a schema."""

from typing import ClassVar

from generator.shapes import shape_of
from generator.users import LoadUser
from generator.wiring import ORDER

Shape = shape_of(ORDER)


class StructuredUser(LoadUser):
    """Calls in a loop."""

    operations: ClassVar = {"structured": 1}
