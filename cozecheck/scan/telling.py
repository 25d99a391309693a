"""What the arguments of a call use: parameters, models, tools, formats, headers, settings."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cozecheck.scan.arguments import Argument
from cozecheck.scan.code import Call, Expression, Scope, Table, every
from cozecheck.scan.libraries import Library
from cozecheck.scan.resolving import World
from cozecheck.scan.values import Defined, Listed, Made, Mapping, Partial, Variable, Word
from cozecheck.used import Unclear, Use, UseKind

BASICS = frozenset(("messages", "input", "prompt", "file"))
"""What every request of its kind has."""
SETTINGS = frozenset(("base_url", "timeout", "max_retries", "dangerouslyAllowBrowser"))
USUAL = frozenset(("authorization", "content-type", "accept"))
"""Headers that every request has."""
SPELT = {
    "model_name": "model",
    "modelName": "model",
    "maxTokens": "max_tokens",
    "maxOutputTokens": "max_tokens",
    "topP": "top_p",
    "frequencyPenalty": "frequency_penalty",
    "presencePenalty": "presence_penalty",
    "stopSequences": "stop",
    "toolChoice": "tool_choice",
    "request_timeout": "timeout",
    "openai_api_base": "base_url",
    "api_base": "base_url",
    "streaming": "stream",
    "max_tokens_to_sample": "max_tokens",
}
"""What libraries call parameters of the API."""
OWN = frozenset(
    (
        "api_key",
        "apiKey",
        "organization",
        "project",
        "http_client",
        "extra_query",
        "configuration",
        "fetch",
        "system",
        "schema",
        "output",
        "callbacks",
        "verbose",
        "response_model",
        "validation_context",
        "onFinish",
        "onError",
        "onChunk",
        "onStepFinish",
        "abortSignal",
        "signal",
        "maxSteps",
        "stopWhen",
        "value",
        "values",
        "name",
        "compatibility",
        "experimental_telemetry",
        "providerOptions",
        "mode",
    )
)
"""Arguments of libraries that are none of the API's."""
PARTS = {
    "image_url": "image_url",
    "input_image": "image_url",
    "input_audio": "input_audio",
    "file": "file",
    "input_file": "file",
}
"""Types of parts of a message that are no text, and the parameter that each counts as."""


@dataclass
class Told:
    """Uses, and what was not understood."""

    uses: list[Use] = field(default_factory=list)
    unclear: list[Unclear] = field(default_factory=list)


@dataclass
class _Teller:
    world: World
    library: Library
    operation: str
    told: Told

    def argument(self, given: Argument) -> None:
        """Tell what one argument uses."""
        name = SPELT.get(given.name, given.name)
        if name == "model":
            self._model(given)
        elif name == "stream":
            self._stream(given)
        elif name in ("tools", "functions"):
            self._tools(given, name)
        elif name in ("response_format", "text", "text_format"):
            self._format(given)
        elif name in ("extra_headers", "default_headers"):
            self._headers(given)
        elif name in ("extra_body", "model_kwargs", "modelKwargs", "json"):
            self._body(given)
        elif name in SETTINGS:
            self._use(UseKind.SETTING, name, given)
        elif name in BASICS:
            self._message_parts(given)
        elif name not in OWN:
            self._use(UseKind.PARAMETER, name, given)

    def _model(self, given: Argument) -> None:
        values = self.world.values(given.value, given.scope)
        names = [name for value in values for name in self._names(value)]
        for name in names:
            self._use(UseKind.MODEL, name, given)
        variables = [value.name for value in values if isinstance(value, Variable)]
        if variables:
            self._doubt(given, f"the model comes from the environment: {', '.join(variables)}")
        elif not names:
            self._doubt(given, "which model is asked is not known here")

    def _names(self, value: object) -> Iterator[str]:
        match value:
            case Word(value=str() as name):
                yield name.removeprefix("openai/").removeprefix("openai:")
            case Made(call=Call(arguments=(first, *_)), scope=Scope() as scope):  # openai("gpt-4o")
                yield from self.world.texts(first, scope)

    def _stream(self, given: Argument) -> None:
        values = self.world.values(given.value, given.scope)
        if Word(value=True) in values or not values:
            self._use(UseKind.STREAM, "stream", given)
        if not values:
            self._doubt(given, "whether it streams is decided when it runs")

    def _tools(self, given: Argument, parameter: str) -> None:
        self._use(UseKind.PARAMETER, parameter, given)
        names = list(self._tool_names(given.value, given.scope))
        for name in names or ["*"]:
            self._use(UseKind.TOOL, name, given)

    def _tool_names(self, expression: Expression, scope: Scope) -> Iterator[str]:
        """Yield the names of tools: of a list of schemas, or of an object by names."""
        for value in self.world.values(expression, scope):
            if isinstance(value, Mapping):
                yield from (name for name, _, _ in self.world.entries(value.table, value.scope) or ())
            elif isinstance(value, Listed):
                for item in value.items.items:
                    yield from self._tool_name(item, value.scope)

    def _tool_name(self, item: Expression, scope: Scope) -> Iterator[str]:
        for name, value, own in self.world.entries(item, scope) or ():
            if name == "name":
                yield from self.world.texts(value, own)
            elif name == "function":
                yield from self._tool_name(value, own)

    def _format(self, given: Argument) -> None:
        entries = self.world.entries(given.value, given.scope)
        is_table = entries is not None
        for name, value, own in entries or ():
            if name == "type":
                for kind in self.world.texts(value, own):
                    self._use(UseKind.FORMAT, kind, given)
            elif name == "format":
                self._format(Argument("response_format", value, own))
        if not is_table and any(isinstance(each, Defined) for each in self.world.values(given.value, given.scope)):
            self._use(UseKind.FORMAT, "json_schema", given)
            is_table = True
        if not is_table:
            self._doubt(given, "which format is asked for is not known here")

    def _headers(self, given: Argument) -> None:
        for name, value, own in self.world.entries(given.value, given.scope) or ():
            if name.lower() not in USUAL:
                self.told.uses.append(self._made(UseKind.HEADER, name.lower(), own, value.line))

    def _body(self, given: Argument) -> None:
        entries = self.world.entries(given.value, given.scope)
        for name, value, own in entries or ():
            self.argument(Argument(name, value, own))
        if entries is None:
            self._doubt(given, "what the body holds is not known here")

    def _message_parts(self, given: Argument) -> None:
        """Tell of pictures and sounds in what is written down of a conversation."""
        values = self.world.values(given.value, given.scope)
        written = [(each.items, each.scope) for each in values if isinstance(each, Listed)]
        for table, own in _tables(written):
            for name, value, scope in self.world.entries(table, own) or ():
                for kind in self.world.texts(value, scope) if name == "type" else ():
                    if kind in PARTS:
                        use = self._made(UseKind.PARAMETER, PARTS[kind], scope, value.line)
                        self.told.uses.append(use)

    def _use(self, kind: UseKind, name: str, given: Argument) -> None:
        self.told.uses.append(self._made(kind, name, given.scope, given.value.line))

    def _made(self, kind: UseKind, name: str, scope: Scope, line: int) -> Use:
        operation = "" if kind is UseKind.SETTING else self.operation
        return Use(kind, name, operation, scope.file, line, self.library.name)

    def _doubt(self, given: Argument, why: str) -> None:
        self.told.unclear.append(Unclear(given.scope.file, given.value.line, why))


def argument_uses(world: World, library: Library, operation: str, given: Iterable[Argument]) -> Told:
    """Tell what the arguments of a request use."""
    teller = _Teller(world, library, operation, Told())
    for argument in given:
        if not (library.operation and SPELT.get(argument.name, argument.name) in SETTINGS):
            teller.argument(argument)
    return teller.told


def setting_uses(given: Iterable[Argument], via: str, world: World | None = None) -> Told:
    """Tell the settings of a client; a base URL that is written into the code stands behind its name."""
    told = Told()
    for argument in given:
        name = SPELT.get(argument.name, argument.name)
        place = argument.scope.file, argument.value.line
        if name in SETTINGS:
            told.uses.extend(Use(UseKind.SETTING, each, "", *place, via) for each in _literal(name, argument, world))
        elif name == "default_headers" and world:
            for header, value, own in world.entries(argument.value, argument.scope) or ():
                told.uses.append(Use(UseKind.HEADER, header.lower(), "", own.file, value.line, via))
        elif name == "configuration" and world:
            inner = world.entries(argument.value, argument.scope) or ()
            more = [Argument({"baseURL": "base_url"}.get(key, key), value, own) for key, value, own in inner]
            told.uses.extend(setting_uses(more, via, world).uses)
    return told


def _literal(name: str, argument: Argument, world: World | None) -> Iterator[str]:
    """Yield the name; of a base URL that no variable sets, with its text."""
    values = world.values(argument.value, argument.scope) if world and name == "base_url" else ()
    written = [
        each.value if isinstance(each, Word) else each.text for each in values if isinstance(each, Word | Partial)
    ]
    is_set = any(isinstance(each, Variable) for each in values)
    texts = [each for each in written if isinstance(each, str)]
    yield from (f"{name}={text}" for text in texts[:1]) if texts and not is_set else (name,)


def _tables(written: Iterable[tuple[Expression, Scope]]) -> Iterator[tuple[Table, Scope]]:
    for inner, own in written:
        yield from ((each, own) for each in every(inner) if isinstance(each, Table))
