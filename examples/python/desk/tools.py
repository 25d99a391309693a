"""What the model may call."""

from pydantic import BaseModel

from desk.clients import make_client
from desk.settings import FAST

FIND_ORDER = {
    "type": "function",
    "function": {
        "name": "find_order",
        "parameters": {"type": "object", "properties": {"number": {"type": "string"}}, "required": ["number"]},
    },
}
TOOLS = [FIND_ORDER]


class Ticket(BaseModel):
    title: str
    urgent: bool


def ticket(mail: str) -> Ticket | None:
    client = make_client()
    answer = client.chat.completions.parse(
        model=FAST,
        messages=[{"role": "user", "content": mail}],
        response_format=Ticket,
    )
    return answer.choices[0].message.parsed
