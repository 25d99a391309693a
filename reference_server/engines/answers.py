"""What the synthetic engine says: plain instructions obeyed, else made-up prose."""

import json
import re
from hashlib import blake2b

from reference_server.engines.schema_values import Maker
from reference_server.engines.seeds import Seed
from reference_server.protocol.chat_request import ChatRequest

LONGEST_COUNT = 10_000
LOOKED_AT = 4_000
COUNT = re.compile(
    r"\bcount(?:ing)?\b[^.\n]{0,40}?(?:\bfrom\s+(-?\d{1,9})\s+)?(?:(?:up|down)\s+)?\bto\s+(-?\d{1,9})", re.IGNORECASE
)
REPEAT = re.compile(
    r"\b(?:repeat|say|echo|write|reply|answer|respond)\b[^:\n]{0,60}:\s*(\S.*)", re.IGNORECASE | re.DOTALL
)
QUOTED = re.compile(r"\b(?:repeat|say|echo|write|reply|answer|respond)\b[^:\"\n]{0,60}\"([^\"\n]+)\"", re.IGNORECASE)
REFUSE = re.compile(r"\s*(?:please,?\s+)?refuse\b", re.IGNORECASE)
QUOTES = {'"': '"', "'": "'", "`": "`", "\u201c": "\u201d"}

SUBJECTS = ("The harbour", "A patient reader", "The old library", "Every careful plan", "The night train",
            "A small workshop", "The mountain path", "One quiet morning", "The long letter", "A distant city",
            "The river market", "An open window", "The last lantern", "A simple rule", "The winter garden",
            "Good advice")  # fmt: skip
VERBS = ("carries", "remembers", "follows", "opens onto", "belongs to", "keeps", "answers", "gathers",
         "measures", "crosses", "holds", "explains", "returns to", "leads past", "outlives", "begins with")  # fmt: skip
OBJECTS = ("a row of painted doors", "the sound of slow water", "three questions and one answer",
           "the work of many hands", "a promise made in spring", "the map on the kitchen wall",
           "more than it first shows", "a story told twice", "the shortest way home", "an unhurried conversation",
           "the weight of small things", "a field of tall grass", "whatever the season allows",
           "the light of early evening", "a box of careful notes", "the patience of stone")  # fmt: skip
ENDINGS = ("before anyone thinks to ask", "while the rest of the town sleeps", "without making much noise",
           "as it has done for years", "and nobody seems surprised", "until the weather turns again",
           "because someone once took the trouble", "and that is usually enough")  # fmt: skip
SENTENCES = 3


def answer(request: ChatRequest, seed: bytes) -> str:
    """Return the text of one choice: the same seed, the same text."""
    return obeyed(last_asked(request)) or acknowledged(request) or prose(seed)


def last_asked(request: ChatRequest) -> str:
    """Return what the user said last."""
    for message in reversed(request.messages):
        if message.role == "user":
            return message.text
    return ""


def obeyed(asked: str) -> str:
    """Do what is asked for plainly; empty where nothing is."""
    start = asked[:LOOKED_AT]
    if match := COUNT.search(start):
        return counted(int(match[1] or 1), int(match[2]))
    if match := REPEAT.search(start):
        return unquoted((match[1] + asked[LOOKED_AT:]).strip())
    match = QUOTED.search(start)
    return match[1] if match else ""


def acknowledged(request: ChatRequest) -> str:
    """Say what was attached to the last message: what can be measured is all that can be seen."""
    shown = ", and ".join(each.described() for each in request.messages[-1].attachments)
    return f"I was given {shown}." if shown else ""


def is_refused(request: ChatRequest) -> bool:
    """Whether a refusal is asked for plainly, where a schema leaves no room for one in words."""
    if request.text_format.kind != "json_schema":
        return False
    return bool(REFUSE.match(last_asked(request)))


def refusal() -> str:
    """Return the words of a refusal."""
    return "I'm sorry, but I can't help with that request."


def structured(request: ChatRequest, seed: bytes) -> str:
    """Return an answer in JSON, where that is asked for; empty where words are."""
    wanted = request.text_format
    if wanted.kind == "text":
        return ""
    if wanted.kind == "json_object":
        return to_text({"answer": answer(request, seed)})
    return to_text(Maker(wanted.schema, Seed(seed)).value({"type": "object", **wanted.schema}))


def to_text(value: object) -> str:
    """Write JSON as a model does: compact, in UTF-8."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def counted(first: int, last: int) -> str:
    """Return the numbers from `first` to `last`, up or down, at most 10,000."""
    step = 1 if last >= first else -1
    numbers = range(first, last + step, step)[:LONGEST_COUNT]
    return ", ".join(map(str, numbers))


def unquoted(text: str) -> str:
    """Return a text without the quotes around the whole of it."""
    quoted = len(text) > 2 and QUOTES.get(text[0]) == text[-1]
    return text[1:-1] if quoted else text


def prose(seed: bytes) -> str:
    """Return three sentences, of 27 words at least; 32 bytes of seed choose them."""
    return " ".join([sentence(*seed[start : start + 4]) for start in range(0, 4 * SENTENCES, 4)])


def sentence(subject: int, verb: int, thing: int, ending: int) -> str:
    """Return a sentence; each part is chosen by a number."""
    return f"{pick(SUBJECTS, subject)} {pick(VERBS, verb)} {pick(OBJECTS, thing)} {pick(ENDINGS, ending)}."


def pick(words: tuple[str, ...], number: int) -> str:
    """Choose a word by a number."""
    return words[number % len(words)]


def seed_of(request: ChatRequest, choice: int, entropy: int) -> bytes:
    """Digest what an answer depends on; `entropy` counts only where sampling is left to chance."""
    chance = request.seed if request.seed is not None else entropy if request.temperature else 0
    digest = blake2b(f"{request.model}\0{chance}\0{choice}".encode(), digest_size=32)
    for message in request.messages:
        digest.update(f"\0{message.role}\0{message.text}".encode())
    return digest.digest()
