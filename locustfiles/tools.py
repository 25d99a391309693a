"""Chat completions that call a tool."""

from typing import ClassVar

from generator.shapes import shape_of
from generator.users import LoadUser
from generator.wiring import ORDER

Shape = shape_of(ORDER)


class ToolsUser(LoadUser):
    """Calls in a loop."""

    operations: ClassVar = {"tools": 1}
