"""Deltas to OpenAI's old completions: one JSON body, or a stream of them."""

from codecs import getincrementaldecoder
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from reference_server.engines.chances import chances
from reference_server.engines.delta import Delta, TokenChance, Usage
from reference_server.engines.prompts import Written
from reference_server.formatting.json_text import to_bytes
from reference_server.formatting.logprobs import shown
from reference_server.formatting.openai_chat_stream import DONE, in_band

Json = dict[str, Any]
NO_USAGE = Usage(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is the same in every part of one answer; `created` in seconds since 1970, `logprobs` as it was asked."""

    id: str
    created: int
    model: str
    request_id: str
    prompts: Sequence[Written]
    n: int = 1
    echo: bool = False
    logprobs: int | None = None
    include_usage: bool = False


@dataclass(slots=True)
class Choice:
    """One completion while its deltas come in: what it adds to the text, and where the text stands."""

    frame: Frame
    prompt: Written
    told: int = 0
    decoder: Any = field(default_factory=lambda: getincrementaldecoder("utf-8")("replace"))

    def opening(self) -> Json | None:
        """Return the prompt as the first piece, where it is to be repeated."""
        if not self.frame.echo:
            self.told = len(self.prompt.text)
            return None
        odds = chances(self.prompt.tokens, self.frame.logprobs or 0)
        return {"text": self.prompt.text, "logprobs": self.logprobs(odds, first=True), "finish_reason": None}

    def piece(self, delta: Delta) -> Json:
        """Return what a delta adds."""
        odds = delta.chances if delta.text else None
        return {"text": delta.text, "logprobs": self.logprobs(odds), "finish_reason": delta.finish}

    def logprobs(self, odds: Sequence[TokenChance] | None, *, first: bool = False) -> Json | None:
        """Return the logprobs of some tokens; the `first` of all stands behind nothing, so nobody knows its odds."""
        if self.frame.logprobs is None or odds is None:
            return None
        known: list[TokenChance | None] = [None if first and not place else chance for place, chance in enumerate(odds)]
        offsets = [self._offset(chance.token) for chance in odds]
        return {
            "tokens": [shown(chance.token) for chance in odds],
            "token_logprobs": [chance.logprob if chance else None for chance in known],
            "top_logprobs": [alternatives(chance) if chance else None for chance in known],
            "text_offset": offsets,
        }

    def _offset(self, token: bytes) -> int:
        """Return where a token begins in prompt and completion, in characters."""
        begins = self.told
        self.told += len(self.decoder.decode(token))
        return begins


def alternatives(chance: TokenChance) -> dict[str, float]:
    """Return the likeliest tokens with their logprobs, and the one that was taken."""
    return {shown(token): logprob for token, logprob in ((chance.token, chance.logprob), *chance.others)}


async def pieces(deltas: AsyncIterator[Delta], frame: Frame) -> AsyncGenerator[tuple[int, Json] | Usage]:
    """Yield each piece with the number of its choice, then the usage."""
    choices: dict[int, Choice] = {}
    async for delta in deltas:
        if delta.usage:
            yield delta.usage
            continue
        if delta.choice not in choices:
            choices[delta.choice] = Choice(frame, frame.prompts[delta.choice // frame.n])
            opening = choices[delta.choice].opening()
            if opening:
                yield delta.choice, opening
        yield delta.choice, choices[delta.choice].piece(delta)


async def completion(deltas: AsyncIterator[Delta], frame: Frame) -> bytes:
    """Collect all pieces into one `text_completion`."""
    choices: dict[int, list[Json]] = {}
    usage = NO_USAGE
    async for each in pieces(deltas, frame):
        if isinstance(each, Usage):
            usage = each
        else:
            choices.setdefault(each[0], []).append(each[1])
    listed = [ordered(index, joined(choices[index])) for index in sorted(choices)]
    return to_bytes({**head(frame), "choices": listed, "usage": usage_object(usage)})


def joined(parts: Sequence[Json]) -> Json:
    """Return the pieces of one choice as one."""
    lists = [part["logprobs"] for part in parts if part["logprobs"]]
    merged = {key: [value for each in lists for value in each[key]] for key in lists[0]} if lists else None
    text = "".join([part["text"] for part in parts])
    return {"text": text, "logprobs": merged, "finish_reason": parts[-1]["finish_reason"]}


async def chunks(deltas: AsyncIterator[Delta], frame: Frame) -> AsyncGenerator[bytes]:
    """Return the events of a stream; a failure in the midst of it is an event, and then there is no [DONE]."""
    rest = {"usage": None} if frame.include_usage else {}
    usage, begun = NO_USAGE, False
    try:
        async for each in pieces(deltas, frame):
            if isinstance(each, Usage):
                usage = each
                continue
            begun = True
            yield event({**head(frame), "choices": [ordered(*each)], **rest})
    except Exception as error:
        if not begun:
            raise
        yield in_band(error, frame.request_id)
        return
    last = event({**head(frame), "choices": [], "usage": usage_object(usage)}) if frame.include_usage else b""
    yield last + DONE


def event(chunk: Json) -> bytes:
    """Return a chunk as an event."""
    return b"data: " + to_bytes(chunk) + b"\n\n"


def ordered(index: int, piece: Json) -> Json:
    """Return a piece as a choice, its keys as OpenAI orders them."""
    return {"text": piece["text"], "index": index, **piece}


def head(frame: Frame) -> Json:
    """Return what stands before the choices."""
    return {"id": frame.id, "object": "text_completion", "created": frame.created, "model": frame.model}


def usage_object(usage: Usage) -> Json:
    """Return token counts; no completion tokens are not counted at all, as OpenAI does it."""
    spent = {"completion_tokens": usage.completion} if usage.completion else {}
    return {"prompt_tokens": usage.prompt, **spent, "total_tokens": usage.prompt + usage.completion}
