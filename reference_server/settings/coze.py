"""What Coze's API does with each of OpenAI's parameters."""

from collections.abc import Mapping
from functools import partial
from typing import Literal, NamedTuple, cast

from reference_server.settings.parameters import Policy, with_lacking

How = Literal["passed on", "done here", "not told"]
"""What is not lacking: Coze has it, the adapter does it in Coze's place, or it is nothing for an engine."""


class Behaviour(NamedTuple):
    """How a parameter is served, or what becomes of requests with it; and why, in words."""

    how: How | Policy
    why: str

    @property
    def lacks(self) -> bool:
        """Whether Coze has nothing like it."""
        return self.how in ("drop", "warn", "refuse")


IN_BOT = "the bot's own settings decide"
NO_TOOLS = "tools are the bot's: `warn` lets requests through, and calls of the bot come as `tool_calls`"
BEHAVIOURS: Mapping[str, Behaviour] = {
    "model": Behaviour("passed on", "`bot_id`: by `bots`, as a number, or `bot`"),
    "messages": Behaviour(
        "passed on", "`additional_messages` of a new conversation: the last 100, images and files too"
    ),
    "input": Behaviour("passed on", "as `messages`"),
    "prompt": Behaviour("passed on", "as `messages`, one after the other"),
    "instructions": Behaviour("passed on", "as a system message, by `system_role`"),
    "stream": Behaviour("passed on", "Coze always streams; an answer that is whole is collected here"),
    "user": Behaviour("passed on", "`user_id`, hashed with the id of the client's key"),
    "safety_identifier": Behaviour("passed on", "`user_id`, before `user`"),
    "max_tokens": Behaviour("done here", "tokens of o200k_base are counted; at the limit the chat is cancelled"),
    "max_completion_tokens": Behaviour("done here", "as `max_tokens`"),
    "max_output_tokens": Behaviour("done here", "as `max_tokens`"),
    "stop": Behaviour("done here", "text that may begin a stop sequence is held back; at one the chat is cancelled"),
    "stream_options": Behaviour("done here", "the usage is Coze's, else counted"),
    "echo": Behaviour("done here", "the prompt is repeated"),
    "conversation": Behaviour("done here", "its items are kept here, and sent whole"),
    "previous_response_id": Behaviour("done here", "responses are kept here, and sent whole"),
    "store": Behaviour("done here", "responses are kept here"),
    "metadata": Behaviour("not told", "it stays with what is kept here"),
    "include": Behaviour("not told", "nothing of what it names is there"),
    "frequency_penalty": Behaviour("warn", IN_BOT),
    "logit_bias": Behaviour("warn", IN_BOT),
    "presence_penalty": Behaviour("warn", IN_BOT),
    "reasoning": Behaviour("warn", IN_BOT),
    "reasoning_effort": Behaviour("warn", IN_BOT),
    "seed": Behaviour("warn", IN_BOT),
    "temperature": Behaviour("warn", IN_BOT),
    "top_p": Behaviour("warn", IN_BOT),
    "verbosity": Behaviour("warn", IN_BOT),
    "moderation": Behaviour("warn", IN_BOT),
    "web_search_options": Behaviour("warn", IN_BOT),
    "prediction": Behaviour("warn", "it would only be faster"),
    "prompt_cache_key": Behaviour("drop", "it would only be faster; it still names a session for routes"),
    "prompt_cache_options": Behaviour("drop", "it would only be faster"),
    "prompt_cache_retention": Behaviour("drop", "it would only be faster"),
    "service_tier": Behaviour("warn", "there is one tier"),
    "truncation": Behaviour("warn", "more than 100 messages are cut to the last 100"),
    "max_tool_calls": Behaviour("warn", IN_BOT),
    "parallel_tool_calls": Behaviour("warn", IN_BOT),
    "tool_choice": Behaviour("warn", IN_BOT),
    "function_call": Behaviour("warn", IN_BOT),
    "functions": Behaviour("refuse", NO_TOOLS),
    "tools": Behaviour("refuse", NO_TOOLS),
    "response_format": Behaviour("refuse", "an answer without its form is another one than was asked for"),
    "text": Behaviour("refuse", "as `response_format`"),
    "n": Behaviour("refuse", "a chat has one answer"),
    "best_of": Behaviour("refuse", "a chat has one answer"),
    "top_logprobs": Behaviour("refuse", "nobody tells"),
    "logprobs": Behaviour("refuse", "nobody tells"),
    "suffix": Behaviour("refuse", "bots go on, they do not fill in"),
    "background": Behaviour("refuse", "whoever asks waits for the answer"),
    "audio": Behaviour("refuse", "answers are in words"),
    "modalities": Behaviour("refuse", "answers are in words"),
}
"""By OpenAI's names, of all operations that converse."""
LACKING: Mapping[str, Policy] = {name: cast("Policy", each.how) for name, each in BEHAVIOURS.items() if each.lacks}


lacking = partial(with_lacking, table=LACKING)
"""Adds whatever Coze lacks to what is configured."""
