export const MODELS = { fast: "gpt-4o-mini", careful: "gpt-4o", vectors: "text-embedding-3-small" } as const;

export const PLAIN = { temperature: 0.2, max_tokens: 300 };
