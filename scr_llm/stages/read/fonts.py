"""What the fonts of a page say about how far its text can be trusted, as pypdf sees them."""

import re
from typing import Any, NamedTuple

_BLANK_CODE = re.compile(
    rb"<([0-9a-fA-F]{2,8})>\s*<(?:0020|00a0|00ad|200[0-9a-f]|202f|205f|206[0-4]|3000|feff|000[9ad])>", re.I
)
_ENTRIES = 200
"""Most resource dictionaries of a page that are searched."""
_STANDARD = re.compile(r"(?:Helvetica|Times|Courier|Arial(?:MT)?|TimesNewRoman|CourierNew)(?:PS)?(?:MT)?(?:[-,]\w+)?")
"""Names of the fonts that every reader has, and of those that take their place."""
_SIGNS = frozenset({"Symbol", "ZapfDingbats", "Wingdings", "Wingdings2", "Wingdings3"})
"""Fonts of bullets and signs."""
_PLAIN = frozenset({"/WinAnsiEncoding", "/MacRomanEncoding", "/StandardEncoding", "/MacExpertEncoding"})
_SYMBOLIC = 4
"""The flag of a font with a character set of its own (ISO 32000, table 121)."""
_GLYPH = re.compile(r"/(?:uni[0-9A-F]{4,}|u[0-9A-F]{4,6})(?:\..*)?")
"""Names of glyphs that say which character they are."""


class Fonts(NamedTuple):
    """The fonts of one page."""

    blanks: int
    """The most codes that one of them maps to spaces; 0 where none does."""
    odd: str
    """Why the characters of one of them are in doubt, in words for a person; empty where none are."""
    names: frozenset[Any]
    """What tells them from the other fonts of the file."""


NO_FONTS = Fonts(0, "", frozenset())


class FontSearch:
    """Searches the pages of one file, and looks at each of its fonts once."""

    def __init__(self) -> None:
        self._seen: dict[Any, tuple[int, str]] = {}

    def of_page(self, page: Any) -> Fonts:
        """The fonts of a page and of the forms on it."""
        most, why, names = 0, "", set()
        seen = 0
        waiting = [found_in(page, "/Resources")]
        while waiting and seen < _ENTRIES:
            resources = waiting.pop()
            seen += 1
            fonts = found_in(resources, "/Font")
            for name in fonts:
                key, (blanks, odd) = self._font(fonts, name)
                most, why = max(most, blanks), why or odd
                names.add(key)
            forms = found_in(resources, "/XObject")
            inner = [found_in(forms, name) for name in forms]
            waiting += [found_in(form, "/Resources") for form in inner if form.get("/Subtype") == "/Form"]
        return Fonts(most, why, frozenset(names))

    def _font(self, fonts: Any, name: str) -> tuple[Any, tuple[int, str]]:
        held = fonts.raw_get(name)
        number = getattr(held, "idnum", None)
        if number is None:  # the font is written in the page itself, not referred to
            return (str(name), str(found_in(found_in(fonts, name), "/BaseFont"))), _of_font(found_in(fonts, name))
        if number not in self._seen:
            self._seen[number] = _of_font(found_in(fonts, name))
        return number, self._seen[number]


def _of_font(font: Any) -> tuple[int, str]:
    """How many codes a font maps to spaces, which every reader throws away, and why its characters are in doubt."""
    characters = found_in(font, "/ToUnicode")
    has_map = hasattr(characters, "get_data")
    blanks = len(set(_BLANK_CODE.findall(characters.get_data()))) if has_map else 0
    try:
        return blanks, _odd(font, has_map=has_map)
    except Exception:  # a broken font may make pypdf raise anything
        return blanks, "a font is broken"


def _odd(font: Any, *, has_map: bool) -> str:
    kind = font.get("/Subtype")
    if kind == "/Type3":
        return "its letters are drawings"
    if has_map:
        return ""
    if kind == "/Type0":
        return "a font does not say which characters its letters are"
    name = str(font.get("/BaseFont", "")).lstrip("/").partition("+")
    base = (name[2] or name[0]).replace(" ", "")
    if base in _SIGNS:
        return ""
    descriptor = found_in(font, "/FontDescriptor")
    is_here = any(file in descriptor for file in ("/FontFile", "/FontFile2", "/FontFile3"))
    if not is_here and not _STANDARD.fullmatch(base):
        return "a font is not in the file"
    encoding = found_in(font, "/Encoding")
    if not encoding:
        is_own = int(descriptor.get("/Flags", 0)) & _SYMBOLIC
        return "a font has an encoding of its own" if is_own else ""
    if not isinstance(encoding, dict):
        return "" if encoding in _PLAIN else "a font has an encoding of its own"
    return "a font has an encoding of its own" if any(map(_is_unknown, found_in(encoding, "/Differences"))) else ""


def _is_unknown(entry: object) -> bool:
    """Whether an entry of an encoding's differences is a glyph whose character its name does not say."""
    from pypdf._codecs import adobe_glyphs

    return isinstance(entry, str) and entry not in adobe_glyphs and not _GLYPH.fullmatch(entry) and entry != "/.notdef"


def found_in(holder: Any, name: str) -> Any:
    """An entry of a dictionary, resolved if it is a reference; an empty dictionary where there is none."""
    found = holder.get(name)
    found = None if found is None else found.get_object()
    return {} if found is None else found
