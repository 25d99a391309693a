import OpenAI from "openai";

export const client = new OpenAI({ baseURL: process.env.OPENAI_BASE_URL, maxRetries: 2, timeout: 20_000 });

export class Desk {
  private readonly client: OpenAI;

  constructor(own?: OpenAI) {
    this.client = own ?? client;
  }

  get completions() {
    return this.client.chat.completions;
  }
}
