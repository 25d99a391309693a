"""One request for every behaviour that a flaw can spoil."""

from typing import Any

from tests.reference_server.wire import HELLO, WITH_KEY, Ask, ask_chat

BE_BRIEF = "Be brief."
OUTSIDE: dict[str, Any] = {
    "temperature": 3,
    "top_p": 2,
    "n": 129,
    "max_tokens": -1,
    "max_completion_tokens": -1,
    "presence_penalty": 3,
    "frequency_penalty": -3,
    "logit_bias": {"1": 101},
    "stop": ["a", "b", "c", "d", "e"],
}

BODIES = {
    "plain": ask_chat(),
    "question": ask_chat(messages=[{"role": "user", "content": "What is it?"}]),
    "plain-long": ask_chat(messages=[{"role": "user", "content": "x " * 60}]),
    "mislabelled": ask_chat(headers={**WITH_KEY, "content-type": "text/plain"}, top_p=1),
    "cut": ask_chat(max_tokens=2),
    "cut-new": ask_chat(max_completion_tokens=2),
    "two": ask_chat(n=2),
    "stop": ask_chat(stop=["."]),
    "seed": ask_chat(seed=77),
    "user": ask_chat(user="somebody"),
    "metadata": ask_chat(metadata={"a": "b"}),
    "system": ask_chat(messages=[{"role": "system", "content": BE_BRIEF}, HELLO]),
    "developer": ask_chat(messages=[{"role": "developer", "content": BE_BRIEF}, HELLO]),
    "parts": ask_chat(messages=[{"role": "user", "content": [{"type": "text", "text": "Hello"}]}]),
    "turns": ask_chat(messages=[HELLO, {"role": "assistant", "content": "Hello."}, HELLO]),
    "odd-roles": ask_chat(messages=[HELLO, HELLO]),
}
STREAMS = {
    "stream": ask_chat(stream=True),
    "stream-cut": ask_chat(stream=True, max_tokens=2),
    "stream-two": ask_chat(stream=True, n=2),
    "stream-usage": ask_chat(stream=True, stream_options={"include_usage": True}),
    "stream-gzip": ask_chat(stream=True, headers={**WITH_KEY, "accept-encoding": "gzip"}),
}
INVALID = {
    "type": ask_chat(temperature="hot"),
    "unknown-parameter": ask_chat(nonsense=1),
    "options-alone": ask_chat(stream_options={"include_usage": True}),
    "stream-invalid": ask_chat(stream=True, temperature=[]),
    "empty-messages": ask_chat(messages=[]),
    "missing-messages": Ask("POST", "/v1/chat/completions", b'{"model":"alpha"}'),
    "missing-model": Ask("POST", "/v1/chat/completions", b'{"messages":[{"role":"user","content":"Hello"}]}'),
    "outside-top_logprobs": ask_chat(logprobs=True, top_logprobs=21),
    **{f"outside-{name}": ask_chat(**{name: value}) for name, value in OUTSIDE.items()},
}
NO_KEY = {"chat-no-key": ask_chat(headers={}), "models-no-key": Ask("GET", "/v1/models", headers={})}
WRONG = {"authorization": "Bearer sk-a-wrong-key-that-is-long"}
WRONG_KEY = {"chat-wrong-key": ask_chat(headers=WRONG), "models-wrong-key": Ask("GET", "/v1/models", headers=WRONG)}
REFUSED = {
    **INVALID,
    **NO_KEY,
    **WRONG_KEY,
    "malformed": Ask("POST", "/v1/chat/completions", b"{"),
    "too-long": ask_chat(messages=[{"role": "user", "content": "x" * 2000}]),
    "unknown-model": ask_chat(model="omega"),
    "unknown-model-stream": ask_chat(model="omega", stream=True),
    "model-unknown": Ask("GET", "/v1/models/omega"),
    "unknown-path": Ask("GET", "/v1/nowhere"),
    "wrong-method": Ask("DELETE", "/v1/chat/completions"),
}
MODELS = {"models": Ask("GET", "/v1/models"), "model": Ask("GET", "/v1/models/alpha")}
PREFLIGHT = Ask(
    "OPTIONS",
    "/v1/models",
    headers={"origin": "https://app.example", "access-control-request-method": "GET"},
)
CONVERSATION = {**BODIES, **STREAMS, **REFUSED, **MODELS, "preflight": PREFLIGHT}
