"""Where the requirements are written: addresses and pointers, cited by checks.

Pointers are under `/components/schemas` of OpenAI's OpenAPI document (openai/openai-openapi, revision f85dbe2).
"""

_DOCUMENT = "openai/openai-openapi f85dbe2 #/components/schemas/"


def spec(pointer: str) -> str:
    """Cite a place in OpenAI's OpenAPI document."""
    return _DOCUMENT + pointer


CHUNK = "CreateChatCompletionStreamResponse/properties/"
BODY = "CreateChatCompletionResponse/properties/"
CHAT_REQUEST = "CreateChatCompletionRequest/properties/"
ERROR = spec("Error")
ERROR_RESPONSE = spec("ErrorResponse")
MODEL = spec("Model")
MODELS = spec("ListModelsResponse")
USAGE = spec("CompletionUsage")
INCLUDE_USAGE = spec("ChatCompletionStreamOptions/properties/include_usage")
STREAMING = spec(CHAT_REQUEST + "stream")

SSE = "WHATWG HTML, section 9.2.6 (interpreting an event stream)"
SSE_FORMAT = "WHATWG HTML, section 9.2.5 (parsing an event stream)"
JSON = "RFC 8259 (JSON)"
HTTP = "RFC 9110 (HTTP semantics)"
HTTP_1_1 = "RFC 9112 (HTTP/1.1)"
CORS = "WHATWG Fetch, section 3.2 (CORS protocol)"
AUTHENTICATION = "platform.openai.com/docs/api-reference/authentication"
ERROR_CODES = "platform.openai.com/docs/guides/error-codes"
REQUEST_IDS = "platform.openai.com/docs/api-reference/debugging-requests"
PYTHON_STREAMING = "openai-python 3.54.0, openai/_streaming.py"
PYTHON_RETRIES = "openai-python 3.54.0, openai/_base_client.py (_should_retry)"
PYTHON_ACCUMULATION = "openai-python 3.54.0, openai/lib/streaming/chat/_completions.py"
PYTHON_STATUS = "openai-python 3.54.0, openai/_client.py (_make_status_error)"
WIRE = "observed: 5,568 recorded interactions with api.openai.com, 2023 to 2026"
