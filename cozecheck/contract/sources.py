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
TOOL_CALL = spec("ChatCompletionMessageToolCall/properties/")
TOOL_CALL_CHUNK = spec("ChatCompletionMessageToolCallChunk/properties/")
TOOL_CHOICE = spec("ChatCompletionToolChoiceOption")
FUNCTION = spec("FunctionObject/properties/")
LOGPROB = spec("ChatCompletionTokenLogprob/properties/")
COMPLETION = spec("CreateCompletionResponse")
COMPLETION_CHOICE = COMPLETION + "/properties/choices/items/properties/"
COMPLETION_REQUEST = spec("CreateCompletionRequest/properties/")
EMBEDDINGS = spec("CreateEmbeddingResponse")
EMBEDDING = spec("Embedding")
EMBEDDING_REQUEST = spec("CreateEmbeddingRequest/properties/")
MODERATION = spec("CreateModerationResponse")
MODERATION_RESULT = MODERATION + "/properties/results/items/properties/"
FILE = spec("OpenAIFile")
FILES = spec("ListFilesResponse")
BATCH = spec("Batch")
BATCHES = spec("ListBatchesResponse")
BATCH_OUTPUT = spec("BatchRequestOutput")
IMAGES = spec("ImagesResponse")
IMAGE_REQUEST = spec("CreateImageRequest/properties/")
SPEECH = spec("CreateSpeechRequest/properties/")
TRANSCRIPTION = spec("CreateTranscriptionResponseJson")
TRANSCRIPTION_REQUEST = spec("CreateTranscriptionRequest/properties/")
RESPONSE = spec("Response/allOf/2/properties/")
RESPONSE_REQUEST = spec("CreateResponse/properties/")
RESPONSE_STREAM = spec("ResponseStreamEvent")
RESPONSE_USAGE = spec("ResponseUsage")
CONVERSATION = spec("ConversationResource")
CONVERSATION_ITEMS = spec("ConversationItemList")
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
PYTHON_READING = "openai-python 3.54.0, openai/_response.py (_parse), openai/_streaming.py, openai/lib/streaming"
PYTHON_STREAMING = "openai-python 3.54.0, openai/_streaming.py"
PYTHON_RETRIES = "openai-python 3.54.0, openai/_base_client.py (_should_retry)"
PYTHON_ACCUMULATION = "openai-python 3.54.0, openai/lib/streaming/chat/_completions.py"
PYTHON_DELTAS = "openai-python 3.54.0, openai/lib/streaming/_deltas.py (accumulate_delta)"
PYTHON_PARSING = "openai-python 3.54.0, openai/lib/_parsing/_completions.py"
PYTHON_PAGES = "openai-python 3.54.0, openai/pagination.py (SyncCursorPage)"
PYTHON_PATHS = "openai-python 3.54.0, openai/_utils/_path.py (path_template)"
PYTHON_STATUS = "openai-python 3.54.0, openai/_client.py (_make_status_error)"
WIRE = "observed: 5,568 recorded interactions with api.openai.com, 2023 to 2026"
PYTHON_RESPONSES = "openai-python 3.54.0, openai/types/responses/response.py (output_text)"
PYTHON_RESPONSE_EVENTS = "openai-python 3.54.0, openai/lib/streaming/responses/_responses.py"
PYTHON_PAGES = "openai-python 3.54.0, openai/pagination.py (ConversationCursorPage)"
