"""The list of models."""

from typing import ClassVar

from generator.shapes import shape_of
from generator.users import LoadUser
from generator.wiring import ORDER

Shape = shape_of(ORDER)


class ModelsUser(LoadUser):
    """Calls in a loop."""

    operations: ClassVar = {"models": 1}
