"""Chat completions that call a tool."""

from generator.shapes import shape_of
from generator.users import LoadUser
from generator.wiring import ORDER

Shape = shape_of(ORDER)


class ToolsUser(LoadUser):
    """Calls in a loop."""

    operations = {"tools": 1}
