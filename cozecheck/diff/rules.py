"""What may differ between two answers, and how much that matters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cozecheck.diff.difference import Severity

BREAKING, CHANGED, COSMETIC, NOISE = Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of difference; its id is `diff.SUBJECT.RULE`."""

    id: str
    severity: Severity
    requirement: str
    """What holds where there is no such difference, in one sentence."""
    reason: str
    """Why it has this severity."""
    breaks: str = ""
    """Who breaks."""
    remedy: str = ""


def _of(subject: str, *rules: tuple[str, Severity, str, str, str, str]) -> Iterable[tuple[str, Rule]]:
    for name, severity, requirement, reason, breaks, remedy in rules:
        id = f"diff.{subject}.{name}"
        yield id, Rule(id, severity, requirement, reason, breaks, remedy)


_TYPED = "clients in typed languages, which read the field into a type"
_READERS = "applications that read the field"
_SDKS = "the official clients"

RULES: Mapping[str, Rule] = dict(
    (
        *_of(
            "answer",
            ("missing", BREAKING, "The candidate answers what the original answers.", "Nothing came, or not all of it.",
             "every caller", "Find out in the server's log why the connection broke."),
            ("unread", CHANGED, "What came can be compared.", "Nested too deeply, or an encoding that cannot be undone.",
             "", "Look at the two answers by hand."),
            ("form", BREAKING, "A stream is answered with a stream, JSON with JSON.",
             "A client reads one or the other, by what it asked for.", _SDKS, "Honour `stream` as the original does."),
            ("unparsable", BREAKING, "JSON is answered with JSON.", "Nothing can be read from it.", _SDKS,
             "Send a JSON body."),
            ("bytes", CHANGED, "A file is of the same kind and of a similar size.",
             "Files are made anew each time; their kind and their size are not.", "players and parsers of the file",
             "Honour the format that was asked for."),
            ("empty", BREAKING, "Where the original has a body, there is one.", "Nothing can be read from it.", _SDKS,
             "Send the body."),
        ),
        *_of(
            "status",
            ("outcome", BREAKING, "What the original does is done, what it refuses is refused.",
             "The caller takes another road.", "every caller", "Answer as the original does."),
            ("code", BREAKING, "A refusal has the original's status.",
             "The official clients raise another exception for each, and retry some.", "error handling and retries",
             "Send the original's status."),
            ("unsettled", CHANGED, "The original was well when it was recorded.",
             "Its outage, or its refusal of the key, says nothing of the request.", "", "Record it again."),
        ),
        *_of(
            "header",
            ("content-type", BREAKING, "The Content-Type names the same media type.",
             "Clients choose by it whether to parse.", "the official clients of Node and Go", "Send the media type."),
            ("charset", COSMETIC, "The Content-Type has the same parameters.", "UTF-8 is meant either way.", "", ""),
            ("retry-after", CHANGED, "retry-after stands where the original sends it.",
             "Without it the official clients guess how long to wait.", "backing off", "Send retry-after with a 429."),
            ("rate-limit", CHANGED, "x-ratelimit headers stand where the original sends them.",
             "Some applications slow down by them.", "applications that pace themselves", "Send x-ratelimit-*."),
            ("request-id", CHANGED, "x-request-id stands where the original sends it.",
             "The official clients show it, and logs are found by it.", "support", "Send x-request-id."),
        ),
        *_of(
            "error",
            ("envelope", BREAKING, "An error stands under `error`, with message, type, param and code.",
             "The official clients read it from there.", _SDKS, "Send the four keys, null where unknown."),
            ("type", BREAKING, "The error's type is the original's.", "OpenAI answers one request always with one type.",
             "error handling", "Send the original's type."),
            ("code", BREAKING, "The error's code is the original's.", "Applications branch on it: context_length_exceeded.",
             "error handling", "Send the original's code."),
            ("param", BREAKING, "The error names the parameter that the original names.",
             "OpenAI answers one request always with one param.", "error handling", "Name the parameter."),
            ("message", COSMETIC, "The error's message is the original's.", "It is for people.", "", ""),
        ),
        *_of(
            "structure",
            ("missing", BREAKING, "A key that the API promises is there.", "On the wire it always is.", _READERS,
             "Send the key."),
            ("left-out", CHANGED, "A key that the original sends is there.",
             "The API does not promise it: it is new, or depends on the model.", _READERS, "Send it where you can."),
            ("added", COSMETIC, "There are no other keys than the original's.", "Clients pass over keys unknown to them.",
             "", ""),
            ("null-for-absent", BREAKING, "What the original leaves out is left out, and not null.",
             "The API never sends null there; absent is not null.", _TYPED, "Leave the key out."),
            ("unasked", CHANGED, "What the original leaves out is left out.", "Clients take it for an answer.", _READERS,
             "Leave the key out."),
            ("null", BREAKING, "Where the original has a value there is no null.", "A promised value is missing.",
             _READERS, "Send the value."),
            ("nothing", CHANGED, "Where the original has a value there is no null.", "The API does not promise a value.",
             _READERS, "Send the value where you can."),
            ("value-for-null", CHANGED, "Where the original has null there is null.", "The API allows both.", "", ""),
            ("type", BREAKING, "A value has the original's type.", "Clients read it into a type.", _TYPED,
             "Send the original's type."),
            ("number", COSMETIC, "A number that may be a fraction is written as one.", "1 reads into 1.0 everywhere.", "",
             ""),
            ("length", CHANGED, "A list is as long as the original's.", "What is listed depends on the model.", "", ""),
            ("index", BREAKING, "Indices count as the original's do.", "Clients put things in place by them.", _SDKS,
             "Count from 0."),
            ("choices", BREAKING, "There are as many choices as the original has.", "The request says how many.",
             "applications that read choices[n]", "Honour n."),
        ),
        *_of(
            "value",
            ("tag", BREAKING, "object, type and role say what the original says.", "Clients choose by them how to read on.",
             _SDKS, "Send the original's."),
            ("changed", CHANGED, "A value is the original's.", "It may matter to somebody.", _READERS,
             "Look whether it matters."),
            ("free", NOISE, "", "On the closed list of what differs between two answers of one server.", "", ""),
        ),
        *_of(
            "id",
            ("reference", BREAKING, "An id refers to what it refers to in the original, and is new where it is new there.",
             "Calls are answered, and items found, by their ids.", "tool loops", "Make ids unique, and repeat them."),
            ("shape", CHANGED, "An id that goes back into requests begins as the original's.",
             "Gateways and applications route by the prefix.", "gateways", "Begin it as the original does."),
            ("prefix", COSMETIC, "An id begins as the original's.", "Nobody reads it.", "", ""),
        ),
        *_of(
            "model",
            ("name", CHANGED, "The model is the one asked for, or the original's.",
             "Applications log it, and bill by it.", "cost tracking", "Answer with the model that was asked for."),
            ("snapshot", NOISE, "", "The model asked for, by the name that the candidate gives it, or its snapshot.", "",
             ""),
        ),
        *_of(
            "finish",
            ("reason", BREAKING, "The finish_reason is the original's.",
             "OpenAI against itself: the same in 2,199 of 2,199 pairs.", "tool loops and the handling of cut answers",
             "Finish as the original does."),
            ("status", BREAKING, "A response ends with the original's status.",
             "completed, incomplete and failed are handled apart.", "the handling of cut answers",
             "End as the original does."),
            ("progress", CHANGED, "What is still being done is as far as in the original.",
             "It depends on when one asks.", "", ""),
        ),
        *_of(
            "tools",
            ("lost", BREAKING, "Where the original calls a tool, a tool is called.", "The tool loop stops.", "tool loops",
             "Call the tool, in tool_calls and not in the text."),
            ("unknown", BREAKING, "Only tools that the request offers are called, by their names.",
             "There is nothing to call.", "tool loops", "Send the tool's name as it was offered."),
            ("choice", CHANGED, "The tools called are those that the original calls.",
             "OpenAI against itself: the same in 2,195 of 2,199 pairs.", "what the application does next",
             "Compare the models on more calls."),
            ("json", BREAKING, "The arguments are JSON where the original's are.",
             "All 429 recorded arguments parse.", "tool loops", "Send the arguments whole."),
            ("schema", BREAKING, "The arguments fit the tool's schema where the original's do.",
             "The function cannot be called with them.", "tool loops", "Constrain the arguments to the schema."),
            ("arguments", NOISE, "", "Values are the model's words: at default temperature 14 of 100 differ.", "", ""),
        ),
        *_of(
            "text",
            ("json", BREAKING, "The text is JSON where JSON was asked for.", "The application parses it.",
             "applications with response_format", "Constrain the text to JSON, without fences."),
            ("schema", BREAKING, "The text fits the schema that was asked for.", "The application parses it by the schema.",
             "applications with response_format", "Constrain the text to the schema."),
            ("lost", BREAKING, "Where the original says something, something is said.", "There is nothing to show.",
             "every application", "Find out where the text went: into reasoning, or into a tool call?"),
            ("null", CHANGED, "content is null, empty or a text as in the original.", "Some clients look for null.",
             "applications that look for null", "Send null beside tool calls."),
            ("length", CHANGED, "The text is about as long as the original's.",
             "Another model may answer at another length.", "layouts and costs", "Compare the models."),
            ("meaning", CHANGED, "The text means about what the original's means.", "By the likeness of embeddings.",
             "the application's users", "Compare the models."),
            ("wording", NOISE, "", "At default temperature, OpenAI repeats its words in 55 of 100 pairs.", "", ""),
        ),
        *_of(
            "usage",
            ("missing", BREAKING, "Tokens are counted where the original counts them.", "Costs and budgets read them.",
             "cost tracking", "Send usage."),
            ("arithmetic", BREAKING, "total_tokens is the sum where it is in the original.",
             "It held in each of 2,941 recordings.", "cost tracking", "Add up."),
            ("zero", BREAKING, "A count is above 0 where the original's is.", "Nothing was counted.", "cost tracking",
             "Count the tokens."),
            ("prompt", CHANGED, "The same model counts as many tokens in the prompt.",
             "The same in 1,858 of 1,859 pairs: a prompt is counted, not drawn.", "budgets and context limits",
             "Use the model's own tokenizer and template."),
            ("tokenizer", NOISE, "", "Another model cuts the prompt into other tokens.", "", ""),
            ("completion", CHANGED, "About as many tokens are made.", "Another model may answer at another length.",
             "costs", "Compare the models."),
            ("tokens", NOISE, "", "Counts follow the words, and the cache: the same in 59 of 100 pairs.", "", ""),
        ),
        *_of(
            "embedding",
            ("count", BREAKING, "There is one vector for each of the original's.", "Vectors are stored by their place.",
             "search", "Embed every input."),
            ("encoding", BREAKING, "Vectors are lists, or base64, as the original's are.",
             "The Python client asks for base64, and decodes it.", _SDKS, "Honour encoding_format."),
            ("vector", BREAKING, "A vector can be read where the original's can.", "It cannot be stored.", "search",
             "Send numbers, or little-endian 32-bit floats in base64."),
            ("dimensions", BREAKING, "A vector has as many dimensions as the original's.",
             "The index of the vectors stored so far has them.", "search", "Honour dimensions; use the same model."),
            ("direction", BREAKING, "The same model gives the same direction.",
             "OpenAI against itself: cosine 0.9959 at least.", "search over vectors stored so far",
             "Use the same weights and pooling, and embed anew what is stored."),
            ("space", CHANGED, "A renamed model gives the same direction.",
             "Another model has another space: all that is stored must be embedded anew.",
             "search over vectors stored so far", "Embed anew what is stored."),
            ("length", CHANGED, "A vector has the original's length.", "OpenAI's have length 1; a dot product counts on it.",
             "search by dot product", "Normalise to length 1."),
        ),
        *_of(
            "output",
            ("items", CHANGED, "The output holds items of the original's kinds.", "What a model does first differs.",
             "", "Compare the models."),
        ),
        *_of(
            "events",
            ("role", BREAKING, "Each choice begins with its role where the original's does.",
             "Clients begin a message with it.", _SDKS, "Begin with {role, content}."),
            ("order", BREAKING, "Events come in the original's order, none missing and none twice.",
             "Clients put the answer together by them.", _SDKS, "Send the events in order."),
            ("terminator", BREAKING, "A stream ends as the original's does.",
             "A client waits for the end, or takes a whole answer for a broken one.", _SDKS, "End with [DONE], once."),
            ("extra-done", CHANGED, "[DONE] ends the streams that the original ends with it.",
             "The official clients stop at it, others parse it.", "clients that parse every event", "Leave it out."),
            ("usage", BREAKING, "The usage stands where the original's does.",
             "Clients read it from the chunk without choices.", "cost tracking", "Send usage alone, after the words."),
            ("unasked-usage", CHANGED, "There is no usage where the original sends none.", "Only clients that asked expect it.",
             "clients that read choices[0] of every chunk", "Honour include_usage."),
            ("constant", BREAKING, "id, object and model are the same in all events.", "Clients group events by them.",
             "collectors and tracing", "Send the same values throughout."),
            ("created", COSMETIC, "created is the same in all events.", "Nobody reads it twice.", "", ""),
            ("numbers", BREAKING, "Events are numbered as the original's are.", "A cut stream is resumed by number.",
             "resumed streams", "Count sequence_number from 0."),
            ("names", BREAKING, "Events are named as the original's are.", "Clients dispatch on the `event:` line.",
             "clients that dispatch on event names", "Send `event:` as the original does."),
            ("sum", BREAKING, "The pieces add up to what is then said whole.", "Clients show the pieces.",
             "every client that shows text as it comes", "Send every piece, once."),
            ("error", BREAKING, "There is no error in the stream where the original has none.", "The answer is broken.",
             "every caller", "Find out in the server's log what failed."),
            ("shape", BREAKING, "Events of one kind have the original's keys and types.", "Clients read each by its kind.",
             _SDKS, "Send every promised key in every event."),
            ("null-for-absent", BREAKING, "What the original's events leave out is left out, and not null.",
             "Absent is not null.", _TYPED, "Leave the key out."),
            ("left-out", CHANGED, "Events have the original's keys.", "The API does not promise them.", "", ""),
            ("added", COSMETIC, "Events have no other keys than the original's.", "Clients pass over unknown keys.", "", ""),
            ("pieces", CHANGED, "The words come in pieces where the original's do.", "All at once is no stream.",
             "whoever watches the text come", "Send the words as they are made."),
        ),
        *_of(
            "noise",
            ("excess", CHANGED, "A place differs no more often than the original from itself.",
             "By a one-sided exact test, at one in a hundred.", _READERS, "Look at the differences hidden there."),
        ),
    )
)
"""Every kind of difference, by id."""
