"""Recognise sentences in a document that address a machine instead of its readers."""

import re

from scr_llm.text.disguise import guises

_ANSWER = r"(?:reply|respond|answer|output|return|mark|code|classify)"
_ORDERS = {
    "sets instructions aside": r"\b(?:ignore|disregard|forget|override)\b[^.]{0,40}(?:"
    r"\b(?:previous|prior|earlier|above|all|any|these|those|your)\b[^.]{0,20}\b(?:instructions?|prompts?|rules)\b|"
    r"\b(?:the|all|everything|text|content) (?:of the )?above\b)",
    "names a machine": r"\b(?:AI|A\.I\.|language model|LLM|chat ?bot|GPT|automated (?:reader|reviewer))\b"
    rf"[^.]{{0,60}}\b(?:must|should|shall|is to|report|{_ANSWER})\b",
    # An assistant is usually a person: "the assistant director should see to it", "a teaching assistant should have
    # reported it". A machine is called by that word alone and is asked for an answer.
    "names an assistant": r"(?:^|[.:;!?,\"“(\[]\s*|\b(?:the|an?|any|this|dear|hey|helpful|automated) )"
    rf"(?:assistant|automated system)[,:]? (?:you )?(?:must|should|shall|is to|please)\b[^.]{{0,40}}\b{_ANSWER}\b",
    "uses a program's words": r"\b(?:system prompt|jailbreak|json|not_mentioned|explicitly_absent)\b|"
    r"\"(?:evidence|value)\"\s*:|\b(?:evidence|value)\s*:\s*[\[{]",
    "says how to code": rf"\b{_ANSWER}\b[^.]{{0,40}}\b(?:every|all|each|no|any) (?:the )?(?:themes?|codes?)\b",
    # "He would not answer any questions" is narrative; an order begins its sentence.
    "says what to answer": rf"(?:^|[.:;!?]\s*|\bplease |\bnow ){_ANSWER}\b[^.]{{0,40}}"
    r"\b(?:every|all|each|any) (?:the )?(?:questions?|sentences?)\b",
    "gives a machine a part": r"\byou are (?:now |no longer )?(?:an?|the)\b[^.]{0,30}"
    r"\b(?:AI|assistant|model|reviewer|coder)\b",
}
"""What such a sentence does, and the pattern that recognises it.

The rules are deliberately narrow: wording that none of them covers passes, and is then only text between the fences of
a prompt. They match no sentence in the project's own material or in the official reports that they were tried on.
"""
_TO_A_MACHINE = re.compile("|".join(f"(?:{order})" for order in _ORDERS.values()), re.I)


def looks_like_prompt_injection(text: str) -> bool:
    """Whether a sentence gives orders to a program that reads it, in whatever disguise.

    No genuine review does this, so such a sentence is not evidence.
    """
    return _TO_A_MACHINE.search(text) is not None or any(map(_TO_A_MACHINE.search, guises(text)))
