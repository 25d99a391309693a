"""A server of OpenAI's API in front of self-hosted engines."""
