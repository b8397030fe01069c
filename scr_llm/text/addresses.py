"""Addresses: a house in a road, with what is written before it and behind it, and whatever a postcode closes."""

import re
from collections.abc import Iterator

from scr_llm.text.dates import MONTH
from scr_llm.text.not_names import NOT_NAMES

_W = r"[^\W\d_a-zß-öø-ÿ][\w’'-]*"
"""A word with a capital."""
_ROAD = (
    r"(?:Street|St|Road|Rd|Lane|Ln|Avenue|Ave|Close|Crescent|Cres|Drive|Court|Ct|Place|Way|Walk|Row|Rise|Terrace|Mews|Grove|"
    r"Gardens|Gdns|Hill|Hollow|Park|Parade|Square|Sq|Green|View|Fold|Gate|Yard|Wharf|Quay|Croft|Meadows?|Bank|Brow|End|"
    r"Side|Passage|Vale|Villas|Cottages?|Buildings|House|Heights|Mount|Dell|Dene|Chase|Common|Causeway|Broadway|Wynd|"
    r"Bridge|Towers?|Point|Path|Alley|Arcade|Circus|Esplanade|Promenade|Ridge|Orchard|Fields|Lea|Garth|Loke|Drove|Farm|"
    r"Lodge|Snicket|Ginnel|Hey|Holt|Copse|Spinney|Landing|Reach|Mill|Boulevard|Parkway|Mead|Nook|Ridgeway|Strand|Dale|"
    r"Cloisters?|Acres?|Warren|Leys|Moor|Glebe|Maltings|Paddocks?|Pastures?|Butts|Lees|Market|Woods?|Approach|Corner|"
    r"Quadrant|Knoll|Brae|Haven|Oaks|Elms|Limes|Firs|Ride|Steps|Bottom|Cliff|Crest|Stile|Drift|Precinct|Gates|Banks)"
)
_ROAD = rf"(?:{_ROAD}|{_ROAD.upper()})"
_BUILDING = (
    r"(?:House|Court|Towers?|Point|Heights|Mansions|Hostel|Hotel|Lodge|Cottages?|Farm|Villas?|Flats?|Floor|Estate|"
    r"Buildings|Mill|Park|Barn|Vicarage|Almshouses|Site|Moorings|Marina|Barracks|Quarters)"
)
_BUILDING = rf"(?:{_BUILDING}|{_BUILDING.upper()})"
_NUMBERED = (
    r"(?:Flat|Apartment|Apt|Unit|Room|Plot|Caravan|Pitch|Bedsit|Studio|Suite|Block|Chalet|Berth|Maisonette|House)"
)
_NUMBERED = rf"(?:{_NUMBERED}|{_NUMBERED.upper()})\.? ?\w{{1,4}}(?: \([^()\n]{{1,20}}\))?"
_MEASURE = (
    r"(?:minute|min|hour|mile|metre|yard|day|week|month|year|child|time|more|other|further|in|of|to|and|or)(?:s|ren)?\b"
)
_ENDS_AS_ROAD = re.compile(rf"\b(?:{_ROAD}|{_BUILDING})$")
_NUMBER = r"\d{1,3}[A-Za-z]? "
_OUTSIDE = r"(?<![\w’'.-])"
"""Not within a word."""
_FORMS = (
    # 22 Rope Walk; Flat 3b, 22-24 Rope Walk; No. 9 Pigeon Terrace
    rf"\b(?:{_NUMBERED},? )?"
    r"(?:(?<![\d/.-])(?:No\.? ?)?(?!(?:19|20)\d\d )\d{1,4}[A-Za-z]?(?: ?[-–/] ?\d{1,4}[a-z]?)?,? )"
    rf"(?:{_W}\.? ){{1,4}}{_ROAD}\b",
    # Flat 12, Marchmont Point
    rf"\b{_NUMBERED},? (?:{_W} ){{1,3}}?{_BUILDING}\b",
    # 6 The Crofts
    rf"(?<![\w/.-])(?<!ction )(?<!graph ){_NUMBER}The (?:{_W} )?{_W}",
    # Rope Cottage, Pigeon Lane
    rf"{_OUTSIDE}(?:{_W} ){{1,2}}(?:Cottage|House|Farm|Lodge|Villa), "
    rf"(?:{_W} ){{1,2}}?(?:Street|Road|Lane|Drive|Way|Hill)\b",
    # Gasworks Cottages, Tarrow
    rf"{_OUTSIDE}(?:{_W} ){{1,2}}(?:Cottages|Villas|Almshouses|Terrace), (?=[A-Z])",
    # Upper Hagg Farm, near Tarrow
    rf"{_OUTSIDE}(?:{_W} ){{1,3}}(?:Farm|Cottage|House|Lodge|Barn|Mill), (?:near|nr|via|off) {_W}(?: {_W})?",
    # 9 rope close
    rf"(?<![\w/.£-])\d{{1,3}}[a-z]? (?!{_MEASURE})(?:[a-z]+ ){{1,2}}"
    r"(?:street|road|rd|lane|ave|avenue|close|crescent|terrace|grove|gardens|mews)\b",
    # at 14 Pigeons
    rf"(?:(?<=\bat )|(?<=\b[Aa]ddress: )){_NUMBER}{_W}(?: {_W}){{0,3}}",
    # Tŷ Gwyn, Heol Fawr
    rf"{_OUTSIDE}(?:{_W} ){{0,2}}{_W}, (?:Heol|Ffordd|Stryd|Lôn|Maes) (?:yr? )?{_W}",
)
_HOUSE_IN_A_ROAD = re.compile("|".join(_FORMS))
POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?[ \n]{0,2}(?!(?-i:\d(?:st|nd|rd|th))\b)\d[ABD-HJLNP-UW-Z]{2}\b", re.I)
_COMMA = r"(?:, ?\n?|\n)"
_LINK = r"(?:(?:on|upon|of|le|under|above|by|in|the)[ -](?:the )?)?"
_PIECE = (
    r"(?:\d{1,4}[A-Za-z]?(?:[-–/]\d{1,4})? )?"
    rf"(?:[Tt]he )?{_W}(?: {_LINK}{_W}| \d{{1,4}}[A-Za-z]?){{0,5}}"
)
"""What stands between two commas of an address."""
_GOES_ON = r" (?:with|where|when|until|from|since|on|in|by|after|following|for|was|is|has|had)\b"
_BEHIND = re.compile(
    rf"{_COMMA}(?P<piece>{_PIECE})(?=$|[,.;:)\]\n|\"”’–-]| [-–|(]|{_GOES_ON}|(?:,? ?){POSTCODE.pattern})"
)
_TOWN_CODE = re.compile(r",? [A-Z]{1,2}\d{1,2}[A-Z]?\b(?! ?\d)")
_FLOOR = re.compile(
    r", (?:top|ground|first|second|third|upper|lower|basement|attic) (?:floor|flat)(?: (?:front|back|rear))?\b"
)
_BEFORE = re.compile(rf"(?:(?<=[^\w’'-])|^)[“\"‘]?(?P<piece>{_PIECE})[”\"’]?{_COMMA}$")
_BEFORE_POSTCODE = re.compile(rf"(?:(?<=[^\w’'-])|^)(?P<piece>{_PIECE})(?:{_COMMA}| )$")
_IS_PLACED = re.compile(rf"(?:{_NUMBERED}|.*\b{_BUILDING})$|The \w+(?: \w+)?$|\d|[Tt]he .* above ", re.S)
"""What may stand before a house in a road: a flat with its number, a building, a house with a name."""
_LABEL = re.compile(r"\b(?:address(?:es)?|liv(?:es?|ed|ing) at|resid\w+ (?:at|of))(?: (?:was|is|as))?:? $", re.I)
_OPENING = "the north south east west great little old new upper lower st church market"
_OPENS_A_PLACE = frozenset(_OPENING.split())
"""Words that are no names alone, and open the name of a place."""
_MOST_PIECES, _FARTHEST = 5, 80


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """The addresses in a text; they may overlap. A road without a house is a place, unless a postcode follows."""
    for match in _HOUSE_IN_A_ROAD.finditer(text):
        if not _is_spared(match[0]):
            yield _start(text, match.start()), _end(text, match.end())
    for match in POSTCODE.finditer(text):
        start = _start(text, match.start(), _BEFORE_POSTCODE)
        if start < match.start():
            yield start, len(text[: match.start()].rstrip(" ,\n"))


def _start(text: str, start: int, piece: re.Pattern[str] = _BEFORE) -> int:
    """Where an address begins of which a later part begins at `start`."""
    for _ in range(_MOST_PIECES):
        found = piece.search(text, max(0, start - _FARTHEST), start)
        if not found:
            break
        is_labelled = _LABEL.search(text, max(0, found.start() - 24), found.start()) is not None
        is_placed = piece is not _BEFORE or _IS_PLACED.match(found["piece"]) is not None
        if not is_labelled and (not is_placed or _is_generic(found["piece"])):
            break
        start = found.start()
        if re.match(r"\d", found["piece"]):
            piece = _BEFORE  # a house number: what stands before it must be a building
    return start


def _end(text: str, end: int) -> int:
    """Where an address ends of which an earlier part ends at `end`: behind its estate, village or town."""
    for _ in range(_MOST_PIECES):
        found = _BEHIND.match(text, end)
        if not found or _is_generic(found["piece"]):
            break
        end = found.end()
    if floor := _FLOOR.match(text, end):
        end = floor.end()
    code = _TOWN_CODE.match(text, end)
    return code.end() if code else end


def _words(part: str) -> tuple[list[str], list[bool]]:
    """The words of a part of an address, and whether each is no name."""
    words = re.findall(r"[^\W\d_][\w’'-]*", part)
    return words, [word.casefold().replace("’", "'") in NOT_NAMES for word in words]


def _is_generic(piece: str) -> bool:
    """Whether a part between commas begins like a person or agency, and not like a place."""
    words, generic = _words(piece)
    begins = generic[0] and words[0].casefold() not in _OPENS_A_PLACE
    return (begins or all(generic)) and not _IS_PLACED.match(piece)


def _is_spared(house: str) -> bool:
    """What has the form of a house in a road and is none: 2 Family Court."""
    words, generic = _words(house)
    if "The" in words[:1]:
        return any(generic[1:])
    if not _ENDS_AS_ROAD.search(house):  # at 3 Weeks, at 9 May
        return house[0].isdigit() and (
            generic[0] or words[0] in ("Weeks", "Days") or re.fullmatch(MONTH, words[0]) is not None
        )
    return all(generic[:-1]) and words[-1] in (
        *("Court", "House", "Place", "Way", "View", "Point", "Green", "End", "Side", "Path"),
    )
