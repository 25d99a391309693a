"""Responses, whole and streamed."""

from typing import ClassVar

from generator.shapes import shape_of
from generator.users import LoadUser
from generator.wiring import ORDER

Shape = shape_of(ORDER)


class ResponsesUser(LoadUser):
    """Calls in a loop."""

    operations: ClassVar = {"responses": 1, "responses_stream": 1}
