import { createOpenAI } from "@ai-sdk/openai";
import { generateObject, streamText } from "ai";
import { z } from "zod";

import { MODELS } from "./models";

const provider = createOpenAI({ baseURL: process.env.OPENAI_BASE_URL });

export function answer(question: string) {
  return streamText({
    model: provider.chat(MODELS.careful),
    temperature: 0.1,
    tools: {
      findOrder: { description: "Find an order", inputSchema: z.object({ number: z.string() }) },
    },
    prompt: question,
  });
}

export async function ticket(mail: string) {
  const { object } = await generateObject({
    model: provider.chat(MODELS.fast),
    schema: z.object({ title: z.string(), urgent: z.boolean() }),
    prompt: mail,
  });
  return object;
}
