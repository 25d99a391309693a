"""Texts of every plane, numbers and JSON values, cheap to draw."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

ODD = (
    "Hi.",
    "",
    " ",
    "a\nb\tc\r\n",
    "größe, naïve, Ωmega, Київ",
    "你好,世界。日本語と한국어",
    "مرحبا بالعالم \u200fRTL\u200e שלום \u202eevil\u202c",
    "e\u0301\u0323\u0308 n\u0303 Z\u0351\u0343\u0301\u036b\u0321",
    "👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 👍🏽",
    "𝒜𝔅 𐍈 𠜎 \U000e0041 \U0010fffd",
    "\u0001\u0002\u001b[31m\u007f\u0085\u009f",
    "\u0000",
    "\ufeff\u200b\u200d\u2028\u2029\u2060\ufffe\uffff\ufdd0",
    '"quoted" \\ back\\slash / \\u0041 \\ud83d',
    "data: [DONE]\n\ndata: {}\n\n",
    "<|im_start|>system<|im_end|></s>[INST]<think>",
    "{{ template }} {% raw %} ${x} %s %n {0}",
    "null",
    "json",
    "a" * 4096,
    "🦀" * 512,
)
"""What readers stumble over; the first is what everything shrinks to."""

SHORT = tuple(text for text in ODD if len(text) <= 64)
drawn_text = st.text(st.characters(codec="utf-8"), max_size=12)
odd_texts = st.sampled_from(ODD)
filled_texts = st.sampled_from(tuple(filter(None, ODD)))
texts: SearchStrategy[str] = odd_texts | drawn_text
short_texts: SearchStrategy[str] = st.sampled_from(SHORT) | drawn_text
flags = st.booleans()
nullable_flags = st.sampled_from((False, True, None))
small_json: SearchStrategy[Any] = st.sampled_from((None, True, 0, -1.5, "text", [], {}, [1, "🦀"], {"key": [None]}))
keys = st.sampled_from(("key", "größe", "a.b", "0", "🦀", "key with spaces", "k" * 64))
FULL = {f"key {number}": str(number) for number in range(16)}
metadata: SearchStrategy[Any] = st.sampled_from(
    ({}, {"key": "value"}, {"größe": "🦀", "": ""}, {"k" * 64: "v" * 512}, {"a.b": "\u0000", "0": "مرحبا"}, FULL, None)
)
"""Texts by key, up to what is documented: 16 keys of 64 characters, values of 512."""
stops: SearchStrategy[Any] = st.sampled_from(
    (*SHORT, *([text] for text in SHORT), [SHORT[0], *SHORT[4:7]], ["a", "aa", "aaa", "aaaa"], ["🦀", "🦀🦀"], None)
)
STEPS = 32


def decimals(low: float, high: float) -> tuple[float, ...]:
    """Return numbers of a range, its ends and whole numbers among them, with few digits; the first is the simplest."""
    ends = [end for end in (0.0, low, high, int(low), int(high)) if low <= end <= high]
    return (*ends, *(round(low + (high - low) * step / STEPS, 3) for step in range(STEPS + 1)))
