import { client } from "./client";
import { MODELS } from "./models";

export async function vectors(texts: string[]): Promise<number[][]> {
  const answer = await client.embeddings.create({ model: MODELS.vectors, input: texts, dimensions: 256 });
  return answer.data.map((item) => item.embedding);
}

export async function listed(): Promise<boolean> {
  const reply = await fetch(`${process.env.OPENAI_BASE_URL}/v1/models`, { headers: { "X-Desk": "1" } });
  return reply.ok;
}
