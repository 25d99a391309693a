// openai for Node against a server: `node client.mjs BASE_URL KEY SCENARIO...` prints what went wrong, by scenario.
import assert from "node:assert/strict";
import OpenAI, { toFile } from "openai";

const [baseURL, apiKey, ...names] = process.argv.slice(2);
const model = "gpt-4o-mini";
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const say = (text) => [{ role: "user", content: `Say exactly: ${text}` }];

const parameters = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const weather = { name: "get_weather", description: "Get the weather of a city.", strict: true, parameters };
const tools = [{ type: "function", function: weather }];
const city = {
  type: "object",
  properties: { name: { type: "string" }, inhabitants: { type: "integer" } },
  required: ["name", "inhabitants"],
  additionalProperties: false,
};

async function all(pages) {
  const items = [];
  for await (const item of pages) items.push(item);
  return items;
}

const scenarios = {
  async chat() {
    const answer = await client.chat.completions.create({ model, messages: say("one two three") });
    assert.equal(answer.choices[0].message.content, "one two three");
    assert.ok(answer._request_id);
  },

  async "chat-iterated"() {
    const stream = await client.chat.completions.create({
      model,
      messages: say("one two three"),
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await all(stream);
    const text = chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.delta.content ?? "")).join("");
    assert.equal(text, "one two three");
    assert.ok(chunks.at(-1).usage.total_tokens);
  },

  async "chat-accumulated"() {
    const stream = client.chat.completions.stream({ model, messages: say("one two three") });
    let text = "";
    stream.on("content", (delta) => (text += delta));
    const final = await stream.finalChatCompletion();
    assert.equal(text, "one two three");
    assert.equal(final.choices[0].message.content, text);
  },

  async "chat-left"() {
    const stream = await client.chat.completions.create({ model, messages: say("a b c d e f g h"), stream: true });
    for await (const _ of stream) break;
    assert.ok(stream.controller.signal.aborted);
  },

  async "chat-parsed"() {
    const answer = await client.chat.completions.parse({
      model,
      messages: [{ role: "user", content: "Name a city." }],
      response_format: { type: "json_schema", json_schema: { name: "city", strict: true, schema: city } },
    });
    const told = JSON.parse(answer.choices[0].message.content);
    assert.deepEqual(Object.keys(told).sort(), ["inhabitants", "name"]);
  },

  async "chat-tools"() {
    const messages = [{ role: "user", content: "What is the weather in Paris?" }];
    const first = await client.chat.completions.create({ model, messages, tools, tool_choice: "required" });
    const { message, finish_reason } = first.choices[0];
    assert.equal(finish_reason, "tool_calls");
    const call = message.tool_calls[0];
    assert.deepEqual(Object.keys(JSON.parse(call.function.arguments)), ["city"]);
    const result = { role: "tool", tool_call_id: call.id, content: "Sunny." };
    const second = await client.chat.completions.create({ model, messages: [...messages, message, result], tools });
    assert.ok(second.choices.length);
  },

  async "chat-tools-accumulated"() {
    const messages = [{ role: "user", content: "What is the weather in Paris?" }];
    const stream = client.chat.completions.stream({ model, messages, tools, tool_choice: "required" });
    const final = await stream.finalChatCompletion();
    const call = final.choices[0].message.tool_calls[0];
    assert.deepEqual(Object.keys(JSON.parse(call.function.arguments)), ["city"]);
  },

  async responses() {
    const first = await client.responses.create({ model, input: "Say exactly: one two three" });
    assert.equal(first.output_text, "one two three");
    const second = await client.responses.create({ model, input: "And now?", previous_response_id: first.id });
    assert.equal(second.previous_response_id, first.id);
    assert.equal((await all(client.responses.inputItems.list(first.id))).length, 1);
    assert.equal((await client.responses.retrieve(first.id)).output_text, "one two three");
    await client.responses.delete(first.id);
    await assert.rejects(client.responses.retrieve(first.id), OpenAI.NotFoundError);
  },

  async "responses-iterated"() {
    const stream = await client.responses.create({ model, input: "Say exactly: one two three", stream: true });
    const events = await all(stream);
    assert.equal(events[0].type, "response.created");
    assert.equal(events.at(-1).type, "response.completed");
    assert.deepEqual(events.map((event) => event.sequence_number), [...events.keys()]);
  },

  async "responses-accumulated"() {
    const stream = client.responses.stream({ model, input: "Say exactly: one two three" });
    let text = "";
    stream.on("response.output_text.delta", (event) => (text += event.delta));
    const final = await stream.finalResponse();
    assert.equal(text, "one two three");
    assert.equal(final.output_text, text);
  },

  async "responses-parsed"() {
    const answer = await client.responses.parse({
      model,
      input: "Name a city.",
      text: { format: { type: "json_schema", name: "city", strict: true, schema: city } },
    });
    assert.deepEqual(Object.keys(JSON.parse(answer.output_text)).sort(), ["inhabitants", "name"]);
  },

  async "responses-tools"() {
    const asked = { model, input: "What is the weather in Paris?", tool_choice: "required" };
    const first = await client.responses.create({ ...asked, tools: [{ type: "function", ...weather }] });
    const call = first.output.find((item) => item.type === "function_call");
    const output = { type: "function_call_output", call_id: call.call_id, output: "Sunny." };
    const second = await client.responses.create({ model, previous_response_id: first.id, input: [output] });
    assert.equal(second.status, "completed");
  },

  async conversations() {
    const { id } = await client.conversations.create({});
    for (const content of ["one", "two", "three"]) {
      await client.conversations.items.create(id, { items: [{ role: "user", content }] });
    }
    const page = await client.conversations.items.list(id, { limit: 2 });
    assert.equal(page.data.length, 2);
    assert.ok(page.hasNextPage());
    assert.equal((await all(page)).length, 3);
    await client.conversations.delete(id);
    await assert.rejects(client.conversations.retrieve(id), OpenAI.NotFoundError);
  },

  async embeddings() {
    const model = "text-embedding-3-small";
    const packed = await client.embeddings.create({ model, input: ["one", "two"] });
    const plain = await client.embeddings.create({ model, input: ["one", "two"], encoding_format: "float" });
    packed.data.forEach((each, place) =>
      each.embedding.forEach((value, axis) => assert.ok(Math.abs(value - plain.data[place].embedding[axis]) < 1e-6)),
    );
    const short = await client.embeddings.create({ model, input: "one", dimensions: 8 });
    assert.equal(short.data[0].embedding.length, 8);
  },

  async completions() {
    const asked = { model: "gpt-3.5-turbo-instruct", prompt: "Once upon a time", max_tokens: 8 };
    assert.ok((await client.completions.create(asked)).choices[0].text);
    const chunks = await all(await client.completions.create({ ...asked, stream: true }));
    assert.ok(chunks.flatMap((chunk) => chunk.choices.map((choice) => choice.text)).join(""));
  },

  async moderations() {
    const asked = { model: "omni-moderation-latest", input: "Good morning." };
    assert.equal((await client.moderations.create(asked)).results[0].flagged, false);
  },

  async files() {
    const names = ["a.txt", "b.txt", "c.txt"];
    const sent = [];
    for (const name of names) {
      const file = await toFile(Buffer.from(name), name);
      sent.push((await client.files.create({ file, purpose: "user_data" })).id);
    }
    const listed = (await all(client.files.list({ limit: 2 }))).map((each) => each.id);
    assert.deepEqual(listed.sort(), [...sent].sort());
    assert.equal(await (await client.files.content(sent[0])).text(), "a.txt");
    assert.ok((await client.files.delete(sent[0])).deleted);
  },

  async images() {
    const made = await client.images.generate({ model: "gpt-image-1-mini", prompt: "A red square", size: "1024x1024" });
    assert.equal(Buffer.from(made.data[0].b64_json, "base64").toString("latin1", 1, 4), "PNG");
  },

  async audio() {
    const asked = { model: "tts-1", voice: "alloy", input: "Hello.", response_format: "wav" };
    const spoken = Buffer.from(await (await client.audio.speech.create(asked)).arrayBuffer());
    assert.equal(spoken.toString("latin1", 0, 4), "RIFF");
    const file = await toFile(spoken, "speech.wav");
    assert.ok((await client.audio.transcriptions.create({ model: "whisper-1", file })).text);
  },

  async models() {
    const models = await all(client.models.list());
    assert.deepEqual((await client.models.retrieve(models[0].id)).id, models[0].id);
  },

  async raw() {
    const { data, response } = await client.chat.completions.create({ model, messages: say("one") }).withResponse();
    assert.equal(data.choices[0].message.content, "one");
    assert.equal(response.headers.get("x-request-id"), data._request_id);
  },

  async errors() {
    const messages = say("one");
    const missing = await client.chat.completions.create({ model: "nope", messages }).catch((error) => error);
    assert.ok(missing instanceof OpenAI.NotFoundError);
    assert.equal(missing.code, "model_not_found");
    const wrong = await client.chat.completions.create({ model, messages, temperature: 9 }).catch((error) => error);
    assert.ok(wrong instanceof OpenAI.BadRequestError);
    assert.equal(wrong.param, "temperature");
    const stranger = new OpenAI({ baseURL, apiKey: "sk-wrong", maxRetries: 0 });
    await assert.rejects(stranger.models.list(), OpenAI.AuthenticationError);
  },

  async retries() {
    const patient = new OpenAI({ baseURL, apiKey, maxRetries: 2 });
    assert.ok((await patient.models.list()).data.length);
  },

  async "gives-up"() {
    const hasty = new OpenAI({ baseURL, apiKey, maxRetries: 0, timeout: 100 });
    await assert.rejects(hasty.models.list(), OpenAI.APIConnectionTimeoutError);
  },
};

const wrong = {};
for (const name of names) {
  wrong[name] = await scenarios[name]().then(
    () => "",
    (error) => error.stack,
  );
}
console.log(JSON.stringify(wrong));
