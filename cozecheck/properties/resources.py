"""What keeps objects: how they are made, and what can be done with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cozecheck.scenarios import Send, Subject
from cozecheck.scenarios.batches import CHAT
from cozecheck.scenarios.conversations import message
from cozecheck.scenarios.files import batch_file, line
from cozecheck.scenarios.forms import form
from cozecheck.scenarios.responses import ask

TOKENS = 16
"""What an answer may cost at most; the least that responses take."""
WORDS = ("one", "two", "three")
Make = Callable[[Subject, str, int], Send]
"""Makes a request for the object of a number, in or from the object whose id is given."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A collection and its objects; *verbs* are what can be done, *orders* what lists can be asked for."""

    path: str
    """`{}` stands for the id of the object that *first* makes."""
    make: Make
    verbs: frozenset[str]
    orders: tuple[str, ...] = ("", "asc", "desc")
    inner: str = ""
    """What an object holds: the rest of its path."""
    first: tuple[str, Make] | None = None
    """The collection of an object that is needed before any other, and how it is made."""


def _conversation(_subject: Subject, _parent: str, number: int) -> Send:
    return Send("make", path="/conversations", json={"metadata": {"number": WORDS[number]}})


def _items(_subject: Subject, parent: str, _number: int) -> Send:
    return Send("make", path=f"/conversations/{parent}/items", json={"items": [message(word) for word in WORDS]})


def _response(subject: Subject, _parent: str, number: int) -> Send:
    given = [message(word) for word in WORDS]
    kept = {"store": True, "metadata": {"number": WORDS[number]}}
    return Send("make", path="/responses", json=ask(subject, given, TOKENS, **kept))


def _completion(subject: Subject, _parent: str, number: int) -> Send:
    kept = {"store": True, "metadata": {"number": WORDS[number]}}
    return Send("make", json=subject.ask("Say hello.", TOKENS, **kept))


def _file(_subject: Subject, _parent: str, number: int) -> Send:
    notes = (f"{WORDS[number]}.txt", "text/plain", f"{WORDS[number]}\r\n".encode())
    return form("make", "/files", {"purpose": "user_data"}, file=notes)


def _requests(subject: Subject, _parent: str, _number: int) -> Send:
    return form("make", "/files", {"purpose": "batch"}, file=batch_file(line("1", subject.ask("Say hello.", TOKENS))))


def _batch(_subject: Subject, parent: str, number: int) -> Send:
    body = {"input_file_id": parent, **CHAT, "metadata": {"number": WORDS[number]}}
    return Send("make", path="/batches", json=body)


RESOURCES: Mapping[str, Resource] = MappingProxyType(
    {
        "conversations": Resource("/conversations", _conversation, frozenset(("change", "drop"))),
        "conversations.items": Resource(
            "/conversations/{}/items", _items, frozenset(("drop", "list")), first=("/conversations", _conversation)
        ),
        "responses": Resource("/responses", _response, frozenset(("drop", "inside")), inner="/input_items"),
        "chat.completions": Resource(
            "/chat/completions", _completion, frozenset(("change", "drop", "list", "inside")), inner="/messages"
        ),
        "files": Resource("/files", _file, frozenset(("drop", "list", "content"))),
        "batches": Resource(
            "/batches", _batch, frozenset(("list", "cancel")), orders=("",), first=("/files", _requests)
        ),
    }
)
