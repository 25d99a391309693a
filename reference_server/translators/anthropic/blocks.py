"""Content blocks of Anthropic's messages: readers, and the parts that they become."""

from collections.abc import Iterable, Mapping
from typing import Any

from reference_server.errors import NotServed
from reference_server.protocol.fields import (
    Reader,
    array,
    either,
    flag,
    free_object,
    nullable,
    one_of,
    record,
    tagged,
    text,
)

Json = dict[str, Any]
STRING_OR_BLOCKS = "one of a string or array of objects"
type_tag: Mapping[str, Reader] = {"type": text}
cached: Mapping[str, Reader] = {"cache_control": nullable(free_object)}


def citations(value: Any, at: str) -> None:
    """Read the switch for citations, which no engine makes."""
    if nullable(record({}, {"enabled": flag}))(value, at) == {"enabled": True}:
        raise NotServed(at, "citations")


def not_kept(_value: Any, at: str) -> None:
    """Refuse a file by its id: there are none of this protocol."""
    raise NotServed(f"{at}.type", "'file': send the content itself")


base64_source = record({**type_tag, "media_type": text, "data": text})
url_source = record({**type_tag, "url": text})
text_source = record({**type_tag, "media_type": one_of("text/plain"), "data": text})

text_block = record({**type_tag, "text": text}, {**cached, "citations": nullable(array(free_object))})
image_source = tagged("type", {"base64": base64_source, "url": url_source, "file": not_kept})
image_block = record({**type_tag, "source": image_source}, {**cached, "transformations": nullable(free_object)})
lone = {"text": text_block, "image": image_block}
documents: Mapping[str, Reader] = {
    "base64": base64_source,
    "text": text_source,
    "content": record(
        {
            **type_tag,
            "content": either(
                {str: lambda one, _: as_blocks(one), list: array(tagged("type", lone))}, STRING_OR_BLOCKS
            ),
        }
    ),
    "file": not_kept,
}
document_block = record(
    {**type_tag, "source": tagged("type", documents)},
    {**cached, "citations": citations, "title": nullable(text), "context": nullable(text)},
)
search_block = record(
    {**type_tag, "title": text, "source": text, "content": array(text_block)}, {**cached, "citations": citations}
)
shown: Mapping[str, Reader] = {**lone, "document": document_block, "search_result": search_block}


def as_blocks(value: str) -> tuple[Json, ...]:
    """Return a text as the blocks that it is short for."""
    return ({"type": "text", "text": value},)


def content(blocks: Mapping[str, Reader]) -> Reader:
    """Read a string, or an array of blocks of these kinds, to a tuple of blocks."""
    return either({str: lambda one, _: as_blocks(one), list: array(tagged("type", blocks))}, STRING_OR_BLOCKS)


def parts(blocks: Iterable[Json]) -> list[Json]:
    """Return blocks that show something as the parts of a chat message."""
    return [part for block in blocks for part in PARTS[block["type"]](block)]


def joined(given: list[Json]) -> str | list[Json]:
    """Return parts as a message has them: a lone text is a string, which every engine takes."""
    return given[0]["text"] if len(given) == 1 and given[0]["type"] == "text" else given


def text_part(value: str) -> Json:
    """Return a text as a part."""
    return {"type": "text", "text": value}


def image_parts(block: Json) -> list[Json]:
    """Return an image, within the request or at a URL."""
    source = block["source"]
    return [{"type": "image_url", "image_url": {"url": source["url"] if source["type"] == "url" else data_url(source)}}]


def document_parts(block: Json) -> list[Json]:
    """Return a document: a file, or its text, after what is said of it."""
    source = block["source"]
    said = [text_part(block[name]) for name in ("title", "context") if block.get(name)]
    if source["type"] == "base64":
        return [*said, {"type": "file", "file": {"filename": "document.pdf", "file_data": data_url(source)}}]
    return [*said, *(parts(source["content"]) if source["type"] == "content" else [text_part(source["data"])])]


def search_parts(block: Json) -> list[Json]:
    """Return what a search found as texts."""
    return [text_part(f"{block['title']} ({block['source']})"), *parts(block["content"])]


def data_url(source: Mapping[str, str]) -> str:
    """Return content in base64 as a URL that holds it."""
    return f"data:{source['media_type']};base64,{source['data']}"


PARTS = {
    "text": lambda block: [text_part(block["text"])],
    "image": image_parts,
    "document": document_parts,
    "search_result": search_parts,
}
