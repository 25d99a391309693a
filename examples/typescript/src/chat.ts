import OpenAI from "openai";

import { client, Desk } from "./client";
import { MODELS, PLAIN } from "./models";

const desk = new Desk();

export async function ask(question: string): Promise<string> {
  const answer = await desk.completions.create({
    model: MODELS.fast,
    messages: [{ role: "user", content: question }],
    ...PLAIN,
  });
  return answer.choices[0]?.message?.content ?? "";
}

export async function* follow(question: string): AsyncGenerator<string> {
  try {
    const stream = await client.chat.completions.create({
      model: MODELS.careful,
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: question },
      ],
      stream: true,
    });
    for await (const chunk of stream) {
      yield chunk.choices[0]?.delta?.content ?? "";
    }
  } catch (error) {
    if (error instanceof OpenAI.RateLimitError) {
      yield "Please try again in a minute.";
    } else {
      throw error;
    }
  }
}

export const classify = async (mail: string) => {
  const answer = await client.chat.completions.create({
    model: MODELS.fast,
    messages: [{ role: "user", content: mail }],
    response_format: { type: "json_object" },
    stop: ["\n\n"],
  });
  return JSON.parse(answer.choices[0].message.content ?? "{}");
};
