"""Chat completions, whole and streamed."""

from generator.shapes import shape_of
from generator.users import LoadUser
from generator.wiring import ORDER

Shape = shape_of(ORDER)


class ChatUser(LoadUser):
    """Calls in a loop."""

    operations = {"chat": 1, "chat_stream": 1}
