"""Sentences in a document that speak to a machine instead of to its readers."""

import re

from scr_llm.text.disguise import guises

_TO_A_MACHINE = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.]{0,40}\b(?:instructions?|prompts?|rules|the above|previous|prior|earlier)\b|"
    r"\b(?:AI|A\.I\.|language model|LLM|chat ?bot|GPT|assistant|automated (?:reader|system|reviewer))\b[^.]{0,60}\b(?:must|should|shall|reply|respond|answer|mark|code|report|output|return|is to)\b|"
    r"\b(?:system prompt|jailbreak|json|not_mentioned|explicitly_absent)\b|"
    r"\b(?:reply|respond|answer|output|return|mark|code|classify)\b[^.]{0,40}\b(?:every|all|each|no|any) (?:the )?(?:themes?|codes?|questions?|sentences?)\b|"
    r"\byou are (?:now |no longer )?(?:an?|the)\b[^.]{0,30}\b(?:AI|assistant|model|reviewer|coder)\b|"
    r"\b(?:evidence|value)\"?\s*:\s*[\[\"{]",
    re.I,
)
"""Deliberately narrow: no sentence of the fixtures or of the official reports that it was tried on is taken. Wording that it does not know
passes, and is then only text between the fences."""


def speaks_to_a_machine(text: str) -> bool:
    """Whether a sentence gives orders to a program that reads it, in whatever disguise. No review does; such a sentence is no evidence."""
    return _TO_A_MACHINE.search(text) is not None or any(map(_TO_A_MACHINE.search, guises(text)))
