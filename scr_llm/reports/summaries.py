"""The summary of a case sheet that a model drafts from numbered sentences of the review.

Each of its sentences is checked against those that it rests on. Where too few pass, the sheet has none.
"""

import re
from collections.abc import Callable, Sequence

from pydantic import BaseModel

from scr_llm.errors import NoReplyError, StopError
from scr_llm.records import Code
from scr_llm.reports.linking_sentences import NEVER_SAID, is_one_sentence
from scr_llm.stages.synthesise import SheetSource
from scr_llm.stages.synthesise.english import join
from scr_llm.text.numbers import numbers_in
from scr_llm.text.wording import compile_wordings


class DraftedSentence(BaseModel):
    """A sentence of a summary, as a model is asked for it."""

    rests_on: list[int]
    """Numbers of the sentences that it rests on."""
    text: str
    """The sentence."""


class DraftedSummary(BaseModel):
    """What a model is asked for."""

    sentences: list[DraftedSentence]
    """Five of them."""


Summarise = Callable[[str, str], DraftedSummary]
"""From numbered sentences and the id of their document to a model's draft; may raise whatever a request raises."""
MOST, FEWEST = 5, 3
"""Sentences that are printed at most, and fewer than which are not printed at all."""
LONGEST = 25
"""Words of a sentence."""
MOST_CHARACTERS = 12_000
"""Of the review that a model is given."""
FEWEST_HELD = 0.5
"""Share of a sentence's longer words that those it rests on must have."""
_AGENCY = re.compile(
    r"\b(?:police|constabulary|probation|hospital|school|college|nurser(?:y|ies)|gps?|general practi\w+|doctor|surger"
    r"(?:y|ies)|midwi\w+|health visit\w+|nurs(?:e|es|ing)|social (?:care|work\w*|services)|children[’']s services|"
    r"housing|camhs|mental health|psychiatr\w+|paediatric\w+|courts?|council|trust|board|ambulance|nhs|prison|"
    r"refuge|drug (?:and alcohol )?service|alcohol service|education|cafcass|marac|mappa)\b",
    re.I,
)
"""Agencies and those who work for them: none but those that the sentences name."""
_DENIES = re.compile(
    r"\b(?:no|not|never|nobody|nothing|none|neither|nor|without|cannot|\w+n[’']t|fail(?:s|ed|ing|ures?)?|"
    r"lack(?:s|ed|ing)?|absen(?:t|ce)|missed|missing|insufficient|inadequate|poor(?:ly)?|too late|unaware)\b",
    re.I,
)
_OPENING_WORDS = """
a an the this that these those it its there no nobody none nothing in on at for from when where while although after
before as both each his her their they he she information staff professionals agencies services
"""
_OPENERS = frozenset(_OPENING_WORDS.split())
"""First words of a sentence that name nothing. Any other must stand in what the sentence rests on."""
_COMMON_WORDS = "that this with were was from have been they their there which when where what should would"
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words that say nothing of a case."""


def summary(
    document: str, sources: Sequence[SheetSource], codes: Sequence[Code], ask: Summarise
) -> tuple[list[str], list[str]]:
    """The sentences to print, each with its mark, and why others are not printed.

    Args:
        document: id of the review.
        sources: sentences of the review, without the names that are left out.
        codes: the codebook's codes.
        ask: asks the model.
    """
    given = _that_fit(sources)
    if not given:
        return [], ["there is nothing to summarise."]
    try:
        drafted = ask("\n".join(f"[{n}] {s.line}" for n, s in enumerate(given, 1)), document)
    except (NoReplyError, StopError) as error:
        return [], [f"the model gave no summary: {error}"]
    printed: list[str] = []
    refused: list[str] = []
    for sentence in drafted.sentences[:MOST]:
        text = " ".join(sentence.text.split())
        own = [given[n - 1] for n in dict.fromkeys(sentence.rests_on) if 0 < n <= len(given)]
        if why := _numbers_fault(sentence.rests_on, len(given)) or wrong_with(text, own, codes):
            refused.append(f"a drafted sentence was not printed, because {why}.")
        else:
            printed.append(f"{text} [Drafted by a model: {join([s.name for s in own])}]")
    printed = list(dict.fromkeys(printed))
    if len(printed) < FEWEST:
        refused.append(f"fewer than {FEWEST} sentences of the summary could be printed, so the sheet has none.")
        return [], refused
    return printed, refused


def _that_fit(sources: Sequence[SheetSource]) -> list[SheetSource]:
    """As many sources as the model is given, in their order."""
    given, size = [], 0
    for source in sources:
        size += len(source.line)
        if size > MOST_CHARACTERS:
            break
        given.append(source)
    return given


def _numbers_fault(numbers: Sequence[int], of: int) -> str | None:
    if not numbers:
        return "it does not say what it rests on"
    if wrong := [n for n in numbers if not 0 < n <= of]:
        return f"it rests on sentence {wrong[0]}, which was not given"
    return None


def wrong_with(sentence: str, sources: Sequence[SheetSource], codes: Sequence[Code]) -> str | None:
    """Why a drafted sentence cannot be printed; None if it can."""
    held = " ".join(s.text for s in sources)
    named = " ".join(s.line for s in sources)
    if not is_one_sentence(sentence, LONGEST):
        return f"it is not one sentence of 5 to {LONGEST} words"
    if quoted := [q for q in re.findall(r"[“\"](.*?)[”\"]", sentence) if q not in held]:
        return f"it quotes words that are not in what it rests on: “{quoted[0]}”"
    return (
        _numbers_invented(sentence, held)
        or _names_invented(sentence, named)
        or _themes_invented(sentence, sources, codes)
        or _judged(sentence, held)
        or _denial_lost(sentence, sources)
        or _too_far(sentence, named)
    )


def _numbers_invented(sentence: str, held: str) -> str | None:
    known = numbers_in(held)
    invented = (n for n in numbers_in(sentence) if n not in known)
    return next((f"it has a number that is not in what it rests on: {n}" for n in invented), None)


def _names_invented(sentence: str, held: str) -> str | None:
    """A word with a capital, or an agency in any spelling, that the sources do not have."""
    known = set(_words(held))
    for agency in _AGENCY.findall(sentence):
        if agency.lower() not in held.lower():
            return f"it names an agency that is not in what it rests on: {agency}"
    first, *others = re.findall(r"[\w’'-]+", sentence)
    named = [w for w in others if w[:1].isupper() and _bare(w) not in known]
    if _bare(first) not in known | _OPENERS:
        named.insert(0, first)
    return f"it names something that is not in what it rests on: {named[0]}" if named else None


def _words(text: str) -> list[str]:
    return [_bare(word) for word in re.findall(r"[\w’'-]+", text)]


def _bare(word: str) -> str:
    return re.sub(r"[’']s?$", "", word.lower())


def _themes_invented(sentence: str, sources: Sequence[SheetSource], codes: Sequence[Code]) -> str | None:
    """A theme in its label's words, or in the wordings that show it, that none of the sources is about."""
    held = " ".join(s.text for s in sources)
    own = {s.theme for s in sources}
    for code in codes:
        label = " ".join(re.sub(r"\(.*?\)|[^\w\s'’-]", " ", code.label).split())
        pattern = compile_wordings((label, *code.aliases, *code.wordings))
        if code.id not in own and pattern and pattern.search(sentence) and not pattern.search(held):
            return f"it names a theme that is not in what it rests on: {code.label}"
    return None


def _judged(sentence: str, held: str) -> str | None:
    said = (m.group() for m in NEVER_SAID.finditer(sentence))
    return next((f"it compares or explains: “{word}”" for word in said if word.lower() not in held.lower()), None)


def _denial_lost(sentence: str, sources: Sequence[SheetSource]) -> str | None:
    """What was not done must not read as done, nor the other way round."""
    denied = [bool(_DENIES.search(s.text)) for s in sources]
    if _DENIES.search(sentence):
        return None if any(denied) else "it denies what it rests on does not deny"
    return "it leaves out a denial of what it rests on" if all(denied) else None


def _too_far(sentence: str, held: str) -> str | None:
    """Too few of its longer words stand in the sources, in any ending."""
    stems = {word[:5] for word in _words(held)}
    longer = [word[:5] for word in _words(sentence) if len(word) > 3 and word not in _COMMON]
    found = sum(stem in stems for stem in longer)
    return None if found >= FEWEST_HELD * len(longer) else "most of its words are not in what it rests on"
