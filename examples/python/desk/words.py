"""Nothing of the API: names that only look like it."""


class Completions:
    def create(self, **settings: object) -> dict[str, object]:
        return settings


class Chat:
    def __init__(self) -> None:
        self.completions = Completions()


def form(chat: Chat) -> dict[str, object]:
    return chat.completions.create(model="paper", stream=True)
