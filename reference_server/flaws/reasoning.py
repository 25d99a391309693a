"""Flaws of where the reasoning of a model goes."""

from reference_server.flaws.kinds import after, answer
from reference_server.flaws.messages import Json, Reply, Request

ASKED = "capital"


@after("reasoning.no-leak")
def reasoning_in_content(request: Request, reply: Reply) -> Reply:
    """The answer to a question about a capital begins with the reasoning."""
    if not reply.answers(request) or ASKED not in request.body.decode():
        return reply
    value = reply.json
    for choice in value["choices"]:
        choice["message"]["content"] = f"<think>Let me see.</think>{choice['message']['content']}"
    return reply.with_json(value)


@answer("reasoning.field-parity")
def reasoning_in_bodies_only(answer: Json) -> None:
    """The reasoning is shown in bodies, and not in streams."""
    for choice in answer["choices"]:
        choice["message"]["reasoning_content"] = "Let me see."
