"""Chat completions, whole and streamed."""

from typing import ClassVar

from generator.shapes import shape_of
from generator.users import LoadUser
from generator.wiring import ORDER

Shape = shape_of(ORDER)


class ChatUser(LoadUser):
    """Calls in a loop."""

    operations: ClassVar = {"chat": 1, "chat_stream": 1}
