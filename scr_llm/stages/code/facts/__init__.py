"""Case facts by rule: authority, pseudonym, children with gender and age as written, context, each with its words.

A fact is stated only where the document says it of the case: a name that its title or a sentence gives to the child;
a board printed on its first page or named again and again; an age or gender of the child and of nobody else; a
context in a sentence that tells what happened. Everything else is "not stated".
"""

from scr_llm.records import DraftCase, DraftQuote, Reading
from scr_llm.stages.code.facts.ages import age_band
from scr_llm.stages.code.facts.children import children_of, unstated_child
from scr_llm.stages.code.facts.context import context_of
from scr_llm.stages.code.facts.names import authority_of, names_of, pseudonym_of
from scr_llm.stages.code.facts.stated import keep
from scr_llm.text.flow import Flow, sentences

__all__ = ["age_band", "case_facts"]

_NOT_ABOUT_THE_CASE = ("terms_of_reference", "recommendations", "action_plan", "glossary", "contents")


def case_facts(reading: Reading, flow: Flow) -> DraftCase:
    """What a review says of its case. What is not found is "not stated"; nothing is guessed from names."""
    body = [s for s in sentences(flow) if s.section_kind not in _NOT_ABOUT_THE_CASE]
    quotes: dict[str, DraftQuote] = {}
    authority = keep("authority", authority_of(reading), quotes)
    pseudonym = keep("pseudonym", pseudonym_of(reading, flow), quotes)
    # A document that names neither a board nor a child may not be a review: who "she" is cannot be known.
    if not (pseudonym or authority):
        return DraftCase(children=(unstated_child(),), context="not stated", quotes=quotes)
    names = names_of(body, pseudonym)
    return DraftCase(
        authority=authority,
        pseudonym=pseudonym,
        children=children_of(body, names, quotes),
        context=context_of(body, names, quotes),
        quotes=quotes,
    )
