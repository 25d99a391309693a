"""Clients that write down what a server has acknowledged, and hold it to that."""

import json
import random
from dataclasses import dataclass, field
from typing import Any

import httpx2

PATIENCE = 30.0
TOGETHER = 3
"""Items that are added by one request: all of them are there, or none."""
Json = dict[str, Any]


@dataclass
class Writer:
    """One client; what it was told is in its books."""

    base_url: str
    random: random.Random
    conversations: dict[str, Json] = field(default_factory=dict)
    """Metadata by id."""
    said: dict[str, dict[str, bool]] = field(default_factory=dict)
    """By conversation: what was said in it, and whether that was acknowledged."""
    responses: dict[str, Json] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    """Ids of what was being deleted or changed when the server was gone."""
    deleted: set[str] = field(default_factory=set)
    acknowledged: int = 0
    lost: int = 0
    """Requests that nobody answered."""

    def __post_init__(self) -> None:
        self._client = httpx2.Client(base_url=self.base_url, timeout=PATIENCE)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def write(self) -> None:
        """Do one thing or another."""
        deeds = [
            self._converse,
            self._say,
            self._say,
            self._say,
            self._rename,
            self._respond,
            self._upload,
            self._forget,
        ]
        self.random.choice(deeds)()

    def _asked(self, method: str, path: str, **body: Any) -> Json | None:
        """Return what is answered with 200, None where nobody answers."""
        try:
            answer = self._client.request(method, path, **body)
        except httpx2.TransportError:
            self.lost += 1
            return None
        assert answer.status_code in (200, 503), answer.text
        self.acknowledged += answer.status_code == 200
        return answer.json() if answer.status_code == 200 else None

    def _any(self, ids: dict[str, Any]) -> str | None:
        known = [id for id in ids if id not in self.deleted | self.unsure]
        return self.random.choice(known) if known else None

    def _converse(self) -> None:
        metadata = {"number": str(self.random.getrandbits(32))}
        if made := self._asked("POST", "/conversations", json={"metadata": metadata}):
            self.conversations[made["id"]], self.said[made["id"]] = metadata, {}

    def _say(self) -> None:
        id = self._any(self.conversations)
        if id is None:
            self._converse()
            return
        words = f"{self.random.getrandbits(64):x}"
        items = [{"type": "message", "role": "user", "content": f"{words} {number}"} for number in range(TOGETHER)]
        answer = self._asked("POST", f"/conversations/{id}/items", json={"items": items})
        self.said[id][words] = answer is not None

    def _rename(self) -> None:
        if id := self._any(self.conversations):
            metadata = {"number": str(self.random.getrandbits(32))}
            if self._asked("POST", f"/conversations/{id}", json={"metadata": metadata}):
                self.conversations[id] = metadata
            else:
                self.unsure.add(id)

    def _respond(self) -> None:
        asked = {"model": "gpt-4o-mini", "input": "Hello", "max_output_tokens": 16}
        if made := self._asked("POST", "/responses", json=asked):
            self.responses[made["id"]] = made

    def _upload(self) -> None:
        text = f"{self.random.getrandbits(64):x}\n" * self.random.randrange(1, 2000)
        if made := self._asked(
            "POST", "/files", data={"purpose": "user_data"}, files={"file": ("a.txt", text.encode())}
        ):
            self.files[made["id"]] = text

    def _forget(self) -> None:
        kinds: Json = {"conversations": self.conversations, "responses": self.responses, "files": self.files}
        path, ids = self.random.choice(list(kinds.items()))
        if id := self._any(ids):
            gone = self._asked("DELETE", f"/{path}/{id}")
            (self.deleted if gone else self.unsure).add(id)

    def held(self) -> list[str]:
        """Return what is not as the books say."""
        found = [self._conversation(id) for id in self.conversations]
        found += [self._same("responses", id, answer) for id, answer in self.responses.items()]
        found += [self._file(id, text) for id, text in self.files.items()]
        return [each for each in found if each]

    def _conversation(self, id: str) -> str:
        if wrong := self._same("conversations", id, {"metadata": self.conversations[id]}):
            return wrong
        if id in self.deleted:
            return ""
        there: dict[str, int] = {}
        for item in self._items(id):
            words = json.dumps(item["content"]).partition('"text": "')[2].partition(" ")[0]
            there[words] = there.get(words, 0) + 1
        for words, acknowledged in self.said[id].items():
            count = there.get(words, 0)
            if count not in (0, TOGETHER) or (acknowledged and not count and id not in self.unsure):
                return f"{id}: {count} of {TOGETHER} items of one request, acknowledged: {acknowledged}"
        return ""

    def _items(self, id: str) -> list[Json]:
        items: list[Json] = []
        more = True
        while more:
            after = {"after": items[-1]["id"]} if items else {}
            answer = self._client.get(f"/conversations/{id}/items", params={"limit": "100", "order": "asc", **after})
            page: Json = answer.json() if answer.status_code == 200 else {"data": [], "has_more": False}
            items, more = [*items, *page["data"]], bool(page["has_more"])
        return items

    def _same(self, path: str, id: str, parts: Json) -> str:
        answer = self._client.get(f"/{path}/{id}")
        if id in self.unsure:
            return "" if answer.status_code in (200, 404) else f"{id}: {answer.status_code}"
        if id in self.deleted:
            return "" if answer.status_code == 404 else f"{id}: deleted, and {answer.status_code}"
        if answer.status_code != 200:
            return f"{id}: acknowledged, and {answer.status_code}"
        return "" if parts.items() <= answer.json().items() else f"{id}: another than was acknowledged"

    def _file(self, id: str, text: str) -> str:
        if wrong := self._same("files", id, {"bytes": len(text)}):
            return wrong
        answer = self._client.get(f"/files/{id}/content")
        return "" if answer.status_code == 404 or answer.text == text else f"{id}: other bytes than were acknowledged"
