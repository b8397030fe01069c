"""The review page: a person decides every counted cell, with the evidence in front of them. Nothing is loaded from the internet."""

from scr_llm.web.app import make_app

__all__ = ["make_app"]
