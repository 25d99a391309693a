"""Models and options, in one place."""

import os

FAST = "gpt-4o-mini"
CAREFUL = os.getenv("DESK_MODEL", "gpt-4o")
EMBEDDING = "text-embedding-3-small"

PLAIN = {"temperature": 0.2, "max_tokens": 300}
TRACE = {"X-Desk-Team": "support"}
