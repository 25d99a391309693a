// Nothing of the API: names that only look like it.
const paper = { chat: { completions: { create: (settings: object) => settings } } };

export const form = () => paper.chat.completions.create({ model: "paper", stream: true });
