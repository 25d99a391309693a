"""Anthropic's Messages."""

from reference_server.translators.anthropic.endpoints import MESSAGES, routes
from reference_server.translators.anthropic.errors import secret, told
from reference_server.translators.translator import Translator

__all__ = ["ANTHROPIC"]

ANTHROPIC = Translator(MESSAGES, lambda settings: settings.anthropic_compatibility.enabled, routes, secret, told)
