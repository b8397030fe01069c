"""Asking a language model over an OpenAI-compatible endpoint, and what may leave this machine when doing so."""

from scr_llm.llm.client import Client, Endpoint, Reply, Retries, is_loopback, without_credentials

__all__ = ["Client", "Endpoint", "Reply", "Retries", "is_loopback", "without_credentials"]
