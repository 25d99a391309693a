"""Reports of a gate, with a checklist and what was scanned, built by hand."""

from dataclasses import replace

from cozecheck.findings import Outcome, Report, Run
from cozecheck.listed import Checklist, Diagnosis, Impact, Item, State
from cozecheck.used import Unclear, Use, UseKind, Uses
from tests.render.examples import HOSTILE, check, finding, report

CHAT = "chat.completions.create"
USES = Uses(
    files=9,
    found=(
        Use(UseKind.OPERATION, CHAT, CHAT, "desk/chat.py", 31, "openai-python"),
        Use(UseKind.PARAMETER, "seed", CHAT, "desk/chat.py", 26, "openai-python"),
        Use(UseKind.STREAM, "stream", CHAT, "desk/chat.py", 35, "openai-python"),
        Use(UseKind.ERROR, "RateLimitError", "", "desk/chat.py", 43, "openai-python"),
        Use(UseKind.OPERATION, "embeddings.create", "embeddings.create", "tapes/search.har", 0, "recording"),
    ),
    unclear=(Unclear("desk/limits.py", 15, "where its client comes from is not known"),),
)
ITEMS = (
    Item(
        "inventory.scanned", "Inventory", "What is used is known.", State.MET, "43 uses in 9 files", "`cozecheck scan`"
    ),
    Item(
        "endpoints.chat",
        "Endpoints in use",
        "Chat completions have the shape that clients read.",
        State.UNMET,
        "chat.schema fails",
        "`cozecheck conformance --select chat`",
        checks=("chat.schema",),
    ),
    Item(
        "load.steps",
        "Load",
        "How much holds is known.",
        State.UNKNOWN,
        "no load grew in steps",
        "`cozecheck load stress`",
    ),
    Item(
        "rollback.rehearsed",
        "Rollback",
        "The way back was walked.",
        State.SIGNED,
        "signed by Ada, 2026-11-20",
        "Sign.",
        signed="Ada, 2026-11-20",
    ),
    Item(
        "cut-over.decided",
        "Cut-over",
        "Day and order are decided.",
        State.UNMET,
        "required, but nobody has signed it",
        "Sign.",
    ),
)
CHECKLIST = Checklist(
    ITEMS,
    (Impact("openai-python", ("chat.schema",), ("endpoints.chat",), ("Send `object`.",), ("vllm-project/vllm#8625",)),),
    (Diagnosis("slow", "It is slow", ("queue: 15.0 on average, 20 at most",)),),
)


def gated() -> Report:
    """Build the report of a gate that is shut."""
    return report(
        finding("chat.schema", code=("desk/chat.py:31", "desk/tools.py:25"), breaks=("openai-python: raises",)),
        finding("chat.stream.done-terminator", Outcome.FAIL, baselined=True),
        checks=(check("chat.id", Outcome.PASS), check("auth.status", Outcome.PASS)),
        kind="gate",
        uses=USES,
        checklist=CHECKLIST,
    )


def scanned() -> Report:
    """Build the report of a scan."""
    return report(kind="scan", uses=USES, run=Run("2026-11-22T10:00:00Z", 0.1))


def hostile_gate() -> Report:
    """Build one whose every word wants to be obeyed."""
    uses = Uses(1, (Use(UseKind.MODEL, HOSTILE, CHAT, HOSTILE, 1, HOSTILE),), (Unclear(HOSTILE, 1, HOSTILE),))
    item = replace(ITEMS[1], title=HOSTILE, why=HOSTILE, how=HOSTILE, section=HOSTILE, id=HOSTILE)
    impact = Impact(HOSTILE, (HOSTILE,), (HOSTILE,), (HOSTILE,), (HOSTILE,))
    checklist = Checklist((item,), (impact,), (Diagnosis("x", HOSTILE, (HOSTILE,)),))
    return replace(gated(), uses=uses, checklist=checklist)
