"""Models in GGUF files, run on this machine by llama.cpp."""

from reference_server.engines.llama.engine import Llama

__all__ = ["Llama"]
