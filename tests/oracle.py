"""Quotes with a known answer: planted in generated pages at known offsets, and altered ones, each alteration named."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SENTENCES = [
    "The health visitor did not tell the social worker that the family had moved in March 2008.",
    "Police officers attended the home on 17 occasions and never saw the children alone.",
    "The assessment should have been updated when the mother’s new partner moved into the flat.",
    "No referral was made by the hospital, although 3 doctors had recorded their concerns.",
    "The GP must share what is known with the school nurse at the earliest opportunity.",
    "Supervision was infrequent; the practitioner’s non-statutory caseload had risen to 32 children.",
    "Child B was seen by the community midwife on 4 May 2009 and was found to be well.",
    "The conference could not reach a decision because the probation officer was unable to attend.",
    "An official “core group” met only twice – in June and in November – before the plan was ended.",
    "The housing department had no record that a five-year-old child was living at the address.",
    "It was unlikely that the injury was accidental, and the paediatrician said so in her letter.",
    "The school did everything that could be expected, but the Education Welfare Service did nothing.",
    "Workers accepted the father’s account at face value and failed to speak to the grandmother.",
    "The nursery’s records were thorough, up-to-date and available to the panel within 2 days.",
    "Neither agency told the other that the child protection plan was about to come to an end.",
    "The first chronology was incomplete and the second was finished after the first conference.",
    "The manager agreed that the case may be closed if the parents would attend the family centre.",
    "Efficient filing of the findings was the responsibility of the officer at the front desk.",
    "The multi-agency meeting was well attended and its decisions were clearly written down.",
    "There was little evidence that anybody had asked the older sister what she thought of it.",
]
HEADER = "Northmere Safeguarding Children Board"


@dataclass(frozen=True)
class Planted:
    """A generated text and where its sentences stand in it."""

    text: str
    places: dict[str, tuple[int, int]]


@dataclass(frozen=True)
class Case:
    """A quote with the truth about it."""

    name: str
    quote: str
    text: str
    span: tuple[int, int] | None


def plant(seed: int, width: int = 72, furniture: bool = False) -> Planted:
    """The sentences in some order, wrapped with divided words, ligatures and no-break spaces here and there."""
    rng = random.Random(seed)
    order = SENTENCES[:]
    rng.shuffle(order)
    text, places, lines = "", {}, 0
    for number, sentence in enumerate(order):
        if number % 5 == 0:
            text += f"{number // 5 + 1}. Section of the report\n\n"
        start, column = len(text), 0
        for word in sentence.split(" "):
            printed = word.replace("ffi", "ﬃ").replace("fi", "ﬁ") if rng.random() < 0.5 else word
            if column + len(word) > width:
                bare = re.fullmatch(r"[a-z]{8,}", word)
                if bare and rng.random() < 0.5:
                    text += f"{word[:4]}-\n{word[4:]} "
                    column = len(word) - 4
                    continue
                text = text.rstrip(" ") + "\n"
                lines += 1
                if furniture and lines % 6 == 0:
                    page = lines // 6
                    text += f"Page {page} of 9\n\f{HEADER}\n"
                column = 0
            text += printed + ("\u00a0" if rng.random() < 0.05 else " ")
            column += len(word) + 1
        text = text.rstrip()
        places[sentence] = (start, len(text))
        text += "\n\n" if number % 5 == 4 else " "
    if furniture:
        text += "\nPage 9 of 9"
    return Planted(text, places)


def true_variants(planted: Planted) -> Iterator[Case]:
    """Ways in which a true quote may be written."""
    ways: dict[str, Callable[[str], str]] = {
        "as printed elsewhere": lambda s: s,
        "straight quotation marks": lambda s: s.replace("’", "'").replace("“", '"').replace("”", '"'),
        "hyphens for dashes": lambda s: s.replace("–", "-"),
        "em dashes": lambda s: s.replace("–", "—"),
        "white space": lambda s: s.replace(" ", "  ", 3).replace(" and ", "\n and\t"),
        "ligatures": lambda s: s.replace("ffi", "ﬃ").replace("fi", "ﬁ"),
        "soft hyphens": lambda s: re.sub(r"\b([a-z]{4})([a-z]{5,})", "\\1\u00ad\\2", s),
        "line-end hyphens": lambda s: re.sub(r"\b([a-z]{4})([a-z]{5,})", r"\1-\n\2", s, count=1),
        "non-breaking hyphens": lambda s: s.replace("-", "\u2011"),
        "full width": lambda s: s.replace("3", "３").replace("B", "Ｂ"),
        "ellipsis within": lambda s: " … ".join((" ".join(s.split()[:4]), " ".join(s.split()[-4:]))),
        "four dots within": lambda s: " .... ".join((" ".join(s.split()[:4]), " ".join(s.split()[-4:]))),
        "insertion in square brackets": lambda s: " ".join((*s.split()[:3], "[in this case]", *s.split()[3:])),
        "from the second word": lambda s: " ".join(s.split()[1:]),
        "without its stop": lambda s: s.rstrip("."),
    }
    for name, way in ways.items():
        for sentence, (start, end) in planted.places.items():
            whole = name not in ("from the second word", "without its stop")
            yield Case(name, way(sentence), planted.text, (start, end) if whole else None)


SWAPS: dict[str, tuple[tuple[str, str], ...]] = {
    "negation dropped": (
        (" did not tell", " did tell"),
        (" never saw", " saw"),
        ("No referral", "A referral"),
        (" could not reach", " could reach"),
        (" no record", " a record"),
        ("Neither agency", "One agency"),
        (" failed to speak", " spoke"),
        ("little evidence", "evidence"),
        ("did nothing", "did something"),
    ),
    "negation added": (
        (" should have", " should not have"),
        (" must share", " must not share"),
        (" was found", " was not found"),
        (" may be closed", " may not be closed"),
        ("were thorough", "were not thorough"),
        ("was well attended", "was not well attended"),
        ("was accidental", "was not accidental"),
        ("accepted the", "never accepted the"),
    ),
    "negation reversed": (
        ("unlikely", "likely"),
        ("infrequent", "frequent"),
        ("unable", "able"),
        ("incomplete", "complete"),
        ("non-statutory", "statutory"),
        ("accidental", "non-accidental"),
    ),
    "number changed": (
        ("17 ", "7 "),
        ("17 ", "71 "),
        ("3 doctors", "13 doctors"),
        ("32 ", "3 "),
        ("32 ", "33 "),
        ("five-year-old", "four-year-old"),
        ("twice", "once"),
        ("2 days", "20 days"),
        ("2008", "2009"),
        ("first chronology", "second chronology"),
    ),
    "date changed": (
        ("March 2008", "May 2008"),
        ("4 May 2009", "5 May 2009"),
        ("4 May 2009", "4 May 2010"),
        ("in June", "in July"),
        ("November", "December"),
    ),
    "agency changed": (
        ("health visitor", "social worker"),
        ("social worker", "health visitor"),
        ("Police officers", "Probation officers"),
        ("hospital", "school"),
        ("The GP", "The midwife"),
        ("housing department", "education department"),
        ("probation officer", "police officer"),
        ("Education Welfare Service", "Social Services"),
        ("nursery", "school"),
        ("community midwife", "health visitor"),
    ),
    "modal changed": (
        ("should have", "could have"),
        ("must share", "may share"),
        ("could not", "would not"),
        ("may be", "must be"),
        ("would attend", "should attend"),
        ("could be expected", "should be expected"),
    ),
    "person changed": (
        ("mother’s", "father’s"),
        ("father’s", "mother’s"),
        ("grandmother", "grandfather"),
        ("Child B", "Child C"),
        ("older sister", "older brother"),
        ("parents", "children"),
    ),
    "punctuation makes another word": (
        ("non-statutory", "nonstatutory"),
        ("up-to-date", "up to date"),
        ("multi-agency", "multi agency"),
        ("five-year-old", "five year old"),
    ),
    "round brackets": (
        ("did not", "did (reportedly) not"),
        ("should have", "should (of course) have"),
        ("was made", "was (wrongly) made"),
        ("was unable", "was (she said) unable"),
        ("were thorough", "were (mostly) thorough"),
    ),
}


def altered(planted: Planted, seed: int) -> Iterator[Case]:
    """Quotes that do not stand in the text, each by one named change."""
    rng = random.Random(seed)
    sentences = list(planted.places)
    for name, swaps in SWAPS.items():
        for old, new in swaps:
            for sentence in sentences:
                if old in sentence:
                    yield Case(name, sentence.replace(old, new, 1), planted.text, None)
    for sentence in sentences:
        words = sentence.split()
        other = rng.choice([s for s in sentences if s != sentence])
        half = len(words) // 2
        yield Case(
            "two sentences stitched", " ".join(words[:half]) + " " + " ".join(other.split()[-5:]), planted.text, None
        )
        yield Case("words reordered", " ".join([*words[half:], *words[:half]]), planted.text, None)
        yield Case("cut within a word", _cut(sentence), planted.text, None)
        yield Case(
            "begun within a word",
            sentence[2:] if sentence[1:2].isalpha() and sentence[2:3].isalpha() else sentence[5:],
            planted.text,
            None,
        )
        yield Case(
            "true opening, invented end",
            " ".join(words[:6]) + " and this was the cause of the death.",
            planted.text,
            None,
        )
        yield Case("a word left out", " ".join(words[:half] + words[half + 1 :]), planted.text, None)
        yield Case("a word put in", " ".join([*words[:half], "clearly", *words[half:]]), planted.text, None)
        yield Case(
            "another document", sentence.replace("The ", "That ", 1) + " It was so in Southmere.", planted.text, None
        )
        yield Case("parts in the wrong order", " ".join(words[-4:]) + " … " + " ".join(words[:4]), planted.text, None)
    later = [s for s in sentences if sentences.index(s) >= 15]
    for one, two in zip(sentences[:5], later, strict=True):
        yield Case(
            "parts from two sections",
            " ".join(one.split()[:5]) + " … " + " ".join(two.split()[-5:]),
            planted.text,
            None,
        )
    for sentence in sentences:
        if " did not " in sentence or " could not " in sentence:
            yield Case("ellipsis for a negation", sentence.replace(" not ", " … ", 1), planted.text, None)
    for cut in (
        "statutory caseload had risen",
        "-year-old child was living",
        "to-date and available",
        "agency meeting was well",
    ):
        yield Case("begun within a compound or behind its prefix", cut, planted.text, None)


def _cut(sentence: str) -> str:
    """Ends within the last word of five letters or more."""
    last = list(re.finditer(r"[A-Za-z]{5,}", sentence))[-1]
    return sentence[: last.end() - 2]
