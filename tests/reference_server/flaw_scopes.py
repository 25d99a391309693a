"""Which requests of the conversation each flaw of chats spoils; it must leave all others alone."""

from tests.reference_server.flaw_conversation import (
    BODIES,
    CONVERSATION,
    INVALID,
    MODELS,
    NO_KEY,
    REFUSED,
    STREAMS,
    WRONG_KEY,
)

UNKNOWN_MODEL = {"unknown-model", "unknown-model-stream"}
TELLING = {*WRONG_KEY, *UNKNOWN_MODEL, "model-unknown", "too-long"}
NULL_PARAM = {*NO_KEY, *WRONG_KEY, *UNKNOWN_MODEL, "malformed", "unknown-path", "wrong-method"}
CUT = {"cut", "cut-new"}
CHATS = [name for name, request in CONVERSATION.items() if request.body]

WIDE: dict[frozenset[str], str] = {
    frozenset(CONVERSATION): "no-request-id",
    frozenset(BODIES): (
        "json-content-type-html stream-by-default json-nan json-deep chat-id-uuid chat-content-number "
        "chat-object-wrong chat-id-empty chat-id-repeated chat-created-float chat-created-ms chat-model-path "
        "chat-index-wrong chat-delta-in-body chat-role-missing chat-role-model chat-content-missing chat-content-null "
        "chat-no-refusal-key chat-no-logprobs-key chat-replacement-char usage-missing usage-string usage-sum-wrong "
        "usage-zero usage-details-exceed"
    ),
    frozenset(BODIES) - {"two"}: "chat-choices-empty",
    frozenset(BODIES) - CUT: "chat-finish-eos chat-finish-null",
    frozenset({*BODIES, "stream-usage"}): "usage-constant",
    frozenset(STREAMS): (
        "stream-content-type-plain stream-ignored comment-as-data stream-latin1 stray-line sse-crlf sse-no-space "
        "sse-unterminated sse-named-events buffered stream-no-done stream-done-twice stream-no-finish "
        "stream-finish-twice stream-content-after-finish stream-finish-key-absent stream-silent-loss "
        "stream-error-string stream-no-role stream-role-every-chunk stream-role-empty stream-id-changes "
        "stream-id-uuid stream-id-empty stream-created-changes stream-created-float stream-model-changes "
        "stream-model-path stream-fingerprint-changes stream-object-wrong stream-choices-missing stream-index-wrong "
        "stream-message-for-delta stream-content-number stream-one-delta stream-utf8-split"
    ),
    frozenset(STREAMS) - {"stream-cut"}: "stream-finish-eos",
    frozenset(STREAMS) - {"stream-usage"}: "usage-unrequested",
    frozenset(REFUSED): "error-detail error-flat error-string error-message-empty error-type-missing-string",
    frozenset(REFUSED) - TELLING: "error-code-int error-code-status",
    frozenset({*NULL_PARAM, "options-alone"}): "error-keys-missing",
    frozenset(NULL_PARAM): "error-param-list error-param-none",
    frozenset(REFUSED) - NULL_PARAM - {"unknown-parameter", "model-unknown"}: "error-param-null",
    frozenset(INVALID): "invalid-500 invalid-422",
    frozenset({*NO_KEY, *WRONG_KEY}): "auth-403",
    frozenset(WRONG_KEY): "auth-no-code key-echoed",
    frozenset(NO_KEY): "error-empty-body",
    frozenset(MODELS): "models-no-created",
    frozenset(CHATS): "rate-limit-no-retry-after",
}

NARROW = {
    "preflight": "no-cors",
    "models": "gzip-bomb gzip-corrupt redirect models-500 models-bare-list models-duplicate models-unlisted",
    "model": "models-no-retrieve models-retrieve-differs",
    "model-unknown": "models-retrieve-any",
    "models-no-key models-wrong-key": "models-open",
    "chat-no-key": "missing-key-accepted",
    "chat-wrong-key": "wrong-key-accepted",
    "unknown-model": "unknown-model-accepted",
    "unknown-model unknown-model-stream": "unknown-model-400 unknown-model-no-code",
    "malformed": "malformed-500 malformed-accepted",
    "too-long": "context-500 context-truncated context-no-code",
    "unknown-path": "unknown-route-html unknown-route-400",
    "wrong-method": "method-500 method-plain",
    "user": "error-in-200 param-500",
    "metadata": "param-refused-unnamed",
    "stream-invalid": "stream-error-in-200",
    "cut cut-new": "chat-finish-stop-when-cut",
    "stream-cut": "stream-finish-stop-when-cut",
    "stream-gzip": "gzip-stream",
    "stream-usage": (
        "usage-not-included usage-on-finish-chunk usage-chunk-no-choices usage-key-absent-elsewhere "
        "usage-before-finish usage-cumulative usage-stream-differs"
    ),
    "question": "plain-500",
    "stream stream-cut stream-gzip": "stream-500",
    "mislabelled": "media-type-500",
    "system": "system-role-refused",
    "developer": "developer-role-refused",
    "parts": "content-array-refused",
    "turns": "multi-turn-refused",
    "odd-roles": "role-order-500",
    "unknown-parameter": "unknown-param-accepted",
    "cut stream-cut": "max-tokens-ignored",
    "cut-new": "max-completion-tokens-ignored",
    "two stream-two": "n-ignored",
    "stop": "stop-ignored stop-included",
    "seed": "seed-ignored",
    "missing-messages": "missing-messages-accepted",
    "missing-model": "missing-model-accepted",
    "empty-messages": "empty-messages-accepted",
    "type": "types-coerced",
    "options-alone": "stream-options-alone-accepted",
    "outside-temperature": "bounds-temperature-ignored",
    "outside-top_p": "bounds-top-p-ignored",
    "outside-n": "bounds-n-ignored",
    "outside-max_tokens": "bounds-max-tokens-ignored",
    "outside-max_completion_tokens": "bounds-max-completion-tokens-ignored",
    "outside-presence_penalty": "bounds-presence-penalty-ignored",
    "outside-frequency_penalty": "bounds-frequency-penalty-ignored",
    "outside-top_logprobs": "bounds-top-logprobs-ignored",
    "outside-logit_bias": "bounds-logit-bias-ignored",
    "outside-stop": "bounds-stop-ignored",
}

SPOILS = {
    flaw: requests
    for scopes in (WIDE, {frozenset(requests.split()): flaws for requests, flaws in NARROW.items()})
    for requests, flaws in scopes.items()
    for flaw in flaws.split()
}
