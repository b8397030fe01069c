"""Asking a language model at an OpenAI-compatible endpoint, and what may leave this machine in doing so."""

from scr_llm.llm.client import Client
from scr_llm.llm.endpoint import Endpoint, is_loopback, without_credentials
from scr_llm.llm.pace import Retries
from scr_llm.llm.question import Made, Question
from scr_llm.llm.reply import Reply, YesNoProbability
from scr_llm.llm.spend import Budget, Price, Spend

__all__ = [
    "Budget",
    "Client",
    "Endpoint",
    "Made",
    "Price",
    "Question",
    "Reply",
    "Retries",
    "Spend",
    "YesNoProbability",
    "is_loopback",
    "without_credentials",
]
