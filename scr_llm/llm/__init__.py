"""Asking a language model over an OpenAI-compatible endpoint, and what may leave this machine when doing so."""

from scr_llm.llm.client import Client
from scr_llm.llm.endpoint import Endpoint, is_loopback, without_credentials
from scr_llm.llm.pace import Retries
from scr_llm.llm.question import Question
from scr_llm.llm.reply import Reply, Weighed
from scr_llm.llm.spend import Budget, Price, Spend

__all__ = [
    "Budget",
    "Client",
    "Endpoint",
    "Price",
    "Question",
    "Reply",
    "Retries",
    "Spend",
    "Weighed",
    "is_loopback",
    "without_credentials",
]
