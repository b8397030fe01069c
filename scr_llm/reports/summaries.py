"""The summary of a case sheet that a model drafts from numbered sentences of the review.

Each of its sentences is checked against those that it rests on. Where too few pass, the sheet has none.
"""

import re
from collections.abc import Callable, Sequence

from pydantic import BaseModel, Field

from scr_llm.errors import NoReplyError, StopError
from scr_llm.records import Code
from scr_llm.reports.linking_sentences import NEVER_SAID, is_one_sentence
from scr_llm.stages.synthesise import SheetSource
from scr_llm.stages.synthesise.english import join
from scr_llm.text.numbers import numbers_in
from scr_llm.text.wording import compile_wordings


class DraftedSentence(BaseModel):
    """A sentence of a summary, as a model is asked for it.

    The words come first: a small model that gives numbers first counts them off, 1, 2, 3, and then 4, 5, 6.
    """

    text: str
    """The sentence."""
    rests_on: list[int] = Field(max_length=3)
    """Numbers of the sentences that it rests on."""


class DraftedSummary(BaseModel):
    """What a model is asked for."""

    sentences: list[DraftedSentence] = Field(max_length=5)
    """Five of them. The limit is part of the form that a reply must have: a small model does not stop by itself."""


Summarise = Callable[[str, str], DraftedSummary]
"""From numbered sentences and the id of their document to a model's draft; may raise whatever a request raises."""
MOST, FEWEST = 5, 3
"""Sentences that are printed at most, and fewer than which are not printed at all."""
LONGEST = 30
"""Words of a sentence. A model is asked for fewer: one that retells a long sentence runs over a little."""
MOST_CHARACTERS = 12_000
"""Of the review that a model is given."""
FEWEST_HELD = 0.5
"""Share of a sentence's longer words that those it rests on must have."""
FEWEST_OF_EACH = 2
"""Longer words of a sentence that each of them must have. A model names neighbours of the right one too."""
TOO_FAR = "most of its words are not in what it rests on"
"""Why a sentence is refused that retells none of its sources."""
_AGENCY = re.compile(
    r"\b(?:police|constabulary|probation|hospital|school|college|nurser(?:y|ies)|gps?|general practi\w+|doctor|surger"
    r"(?:y|ies)|midwi\w+|health visit\w+|nurs(?:e|es|ing)|social (?:care|work\w*|services)|children[’']s services|"
    r"housing|camhs|mental health|psychiatr\w+|paediatric\w+|courts?|council|trust|board|ambulance|nhs|prison|"
    r"refuge|drug (?:and alcohol )?service|alcohol service|education|cafcass|marac|mappa)\b",
    re.I,
)
"""Agencies and those who work for them: none but those that the sentences name."""
_PERSON = re.compile(
    r"\b((?:step|grand)?(?:mother|father|parent|son|daughter|child)|mum|dad|carer|brother|sister|sibling|aunt|uncle|"
    r"cousin|husband|wife|partner|boyfriend|girlfriend|bab(?:y|ies)|infant|toddler|twin|neighbour|friend|lodger|m[ae]n|"
    r"wom[ae]n|boy|girl)(?:s|ren)?\b",
    re.I,
)
"""Whoever is not an agency: none but those that the sentences name, or what the father did reads as the mother's."""
_DENIES = re.compile(
    r"\b(?:no|not|never|nobody|nothing|none|neither|nor|without|cannot|\w+n[’']t|fail(?:s|ed|ing|ures?)?|"
    r"lack(?:s|ed|ing)?|absen(?:t|ce)|missed|missing|insufficient|inadequate|poor(?:ly)?|too late|unaware)\b",
    re.I,
)
_VIEW = re.compile(
    r"\b(?:of the view|opinions?|alleg\w+|claim\w*|suspect\w*|accus\w+|sa(?:id|ys?) that|told|report(?:ed|s)? that|"
    r"believ\w+|may have|might have|possibl[ey]|apparently|appear\w*|seem\w*)\b",
    re.I,
)
"""What somebody said, thought or suspected."""
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
        own = retold(text, [given[n - 1] for n in dict.fromkeys(sentence.rests_on) if 0 < n <= len(given)])
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


def retold(sentence: str, sources: Sequence[SheetSource]) -> list[SheetSource]:
    """Those sources that a sentence retells. The others say nothing of it, and are no evidence."""
    stems = {word[:4] for word in _longer(sentence)}
    return [s for s in sources if len(stems & {word[:4] for word in _longer(s.line)}) >= FEWEST_OF_EACH]


def wrong_with(sentence: str, sources: Sequence[SheetSource], codes: Sequence[Code]) -> str | None:
    """Why a drafted sentence cannot be printed; None if it can."""
    held = " ".join(s.text for s in sources)
    named = " ".join(s.line for s in sources)
    if not sources:
        return TOO_FAR
    if not is_one_sentence(sentence, LONGEST):
        return f"it is not one sentence of 5 to {LONGEST} words"
    if quoted := [q for q in re.findall(r"[“\"](.*?)[”\"]", sentence) if q not in held]:
        return f"it quotes words that are not in what it rests on: “{quoted[0]}”"
    return (
        _numbers_invented(sentence, held)
        or _names_invented(sentence, named)
        or _people_invented(sentence, named)
        or _themes_invented(sentence, sources, codes)
        or _judged(sentence, held)
        or _denial_lost(sentence, sources)
        or _view_lost(sentence, sources)
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


def _longer(text: str) -> list[str]:
    """The words that say something."""
    return [word for word in _words(text) if len(word) > 3 and word not in _COMMON]


def _bare(word: str) -> str:
    return re.sub(r"[’']s?$", "", word.lower())


def _people_invented(sentence: str, held: str) -> str | None:
    """Somebody in the sentence who is not in the sources."""
    invented = [person for person in _people(sentence) if person not in _people(held)]
    return f"it speaks of somebody who is not in what it rests on: {invented[0]}" if invented else None


def _people(text: str) -> list[str]:
    """Those of whom a text speaks, each as one person."""
    return [re.sub("ies$", "y", re.sub("men$", "man", person.lower())) for person in _PERSON.findall(text)]


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


def _view_lost(sentence: str, sources: Sequence[SheetSource]) -> str | None:
    """What somebody said or thought must not read as a fact."""
    if _VIEW.search(sentence) or not all(_VIEW.search(s.text) for s in sources):
        return None
    return "it states as a fact what it rests on gives as what somebody said or thought"


def _too_far(sentence: str, held: str) -> str | None:
    """Too few of its longer words stand in the sources, in any ending."""
    stems = {word[:5] for word in _words(held)}
    longer = [word[:5] for word in _longer(sentence)]
    found = sum(stem in stems for stem in longer)
    return None if found >= FEWEST_HELD * len(longer) else TOO_FAR
