"""Texts of every plane, numbers and JSON values, cheap to draw."""

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

characters = st.characters(codec="utf-8")
drawn_text = st.text(characters, max_size=12)
texts: SearchStrategy[str] = st.sampled_from(ODD) | drawn_text
short_texts: SearchStrategy[str] = st.sampled_from(tuple(text for text in ODD if len(text) <= 64)) | drawn_text
flags = st.booleans()
whole_numbers = st.integers(-(2**31), 2**31)
small_json: SearchStrategy[object] = st.sampled_from((None, True, 0, -1.5, "text", [], {}, [1, "🦀"], {"key": [None]}))
keys = st.sampled_from(("key", "größe", "a.b", "0", "🦀", "key with spaces", "k" * 64))
metadata = st.dictionaries(keys, short_texts, max_size=3)


def decimals(low: float, high: float) -> SearchStrategy[float]:
    """Draw numbers of a range, its ends and whole numbers among them, with few digits."""
    ends = [end for end in (0.0, low, high, int(low), int(high)) if low <= end <= high]
    steps = (high - low) / 32
    return st.sampled_from((*ends, *(round(low + step * steps, 3) for step in range(33))))
