"""Read the letters of a page straight from its content stream, in the order in which they are drawn.

This is the second reader's quick way: where it has exactly the first reader's letters, the page is confirmed. It lays
nothing out, and gives up wherever a stream is not plain (then pypdf's own extraction is asked, which takes ten times as
long), so it can confirm a page but never contradict one. Pypdf opens the file and decodes its streams and fonts.
"""

import re
from collections.abc import Callable
from typing import Any

from scr_llm.stages.read.fonts import found_in

_PART = rb"[^\s\x00()<>\[\]{}/%]"
_TOKEN = re.compile(
    rb"\((?P<literal>[^()\\]*(?:\\.[^()\\]*)*)\)"
    rb"|<(?P<hex>[0-9A-Fa-f\s]*)>"
    rb"|/(?P<name>" + _PART + rb"*)"
    rb"|(?<!" + _PART + rb")(?P<operator>Tj|TJ|'|\"|Tf|Do|q|Q|BDC|DP|BI)(?!" + _PART + rb")"
    rb"|%[^\r\n]*"
    rb"|(?P<open>\()",
    re.S,
)
_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|.))", re.S)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
_HEX_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")
_DEEPEST = 8
"""Levels of forms within forms that are read."""
_MOST_FORMS = 200
"""Forms of one page that are read."""

_Decode = Callable[[bytes], str]


class NotPlainError(Exception):
    """The stream is not plain enough to be read in this way."""


class StreamReader:
    """Reads pages of one file, and prepares each of its fonts once."""

    def __init__(self) -> None:
        self._fonts: dict[int, _Decode] = {}
        self._forms = 0

    def text_of(self, page: Any) -> str:
        """The letters of a page, without white space between them.

        Raises:
            NotPlainError: it cannot be read in this way. A broken page may make pypdf raise anything else.
        """
        self._forms = 0
        contents = page.get_contents()
        if contents is None:
            return ""
        return "".join(self._shown(contents.get_data(), found_in(page, "/Resources"), 0))

    def _shown(self, content: bytes, resources: Any, depth: int) -> list[str]:
        """What a stream shows, piece by piece."""
        found: list[str] = []
        strings: list[bytes] = []
        name = b""
        font: _Decode | None = None
        kept: list[_Decode | None] = []
        for token in _TOKEN.finditer(content):
            kind = token.lastgroup
            if kind == "literal":
                strings.append(_literal(token["literal"]))
            elif kind == "hex":
                strings.append(_hexadecimal(token["hex"]))
            elif kind == "name":
                name = token["name"]
            elif kind == "open":
                raise NotPlainError  # brackets within a string, or a string without an end
            elif kind == "operator":
                what = token["operator"]
                if what in (b"Tj", b"TJ", b"'", b'"'):
                    if font is None:
                        raise NotPlainError
                    found += map(font, strings)
                elif what == b"Tf":
                    font = self._font(resources, name)
                elif what == b"Do":
                    found += self._form(resources, name, depth)
                elif what == b"q":
                    kept.append(font)
                elif what == b"Q":
                    font = kept.pop() if kept else font
                elif what == b"BI":
                    raise NotPlainError  # the pixels of an image within the stream may look like anything
                strings.clear()
        return found

    def _form(self, resources: Any, name: bytes, depth: int) -> list[str]:
        form = found_in(found_in(resources, "/XObject"), _name(name))
        if not hasattr(form, "get_data"):
            raise NotPlainError
        if form.get("/Subtype") == "/Image":
            return []
        self._forms += 1
        if depth >= _DEEPEST or self._forms > _MOST_FORMS or "/Resources" not in form:
            raise NotPlainError
        return self._shown(form.get_data(), found_in(form, "/Resources"), depth + 1)

    def _font(self, resources: Any, name: bytes) -> _Decode:
        fonts = found_in(resources, "/Font")
        if _name(name) not in fonts:
            raise NotPlainError
        number = getattr(fonts.raw_get(_name(name)), "idnum", None)
        if number is None:
            return _decoder(found_in(fonts, _name(name)))
        if number not in self._fonts:
            self._fonts[number] = _decoder(found_in(fonts, _name(name)))
        return self._fonts[number]


def _decoder(font: Any) -> _Decode:
    """A function that turns a string as the stream has it into letters."""
    from pypdf._cmap import get_encoding

    encoding, characters = get_encoding(font)
    if isinstance(encoding, str):
        return lambda shown: "".join([characters.get(c, c) for c in shown.decode(encoding, "surrogatepass")])
    letters = [characters.get(letter, letter) for letter in (encoding.get(code, chr(code)) for code in range(256))]
    return lambda shown: "".join([letters[code] for code in shown])


def _name(name: bytes) -> str:
    return "/" + _HEX_NAME.sub(lambda code: bytes([int(code[1], 16)]), name).decode("utf-8", "replace")


def _literal(text: bytes) -> bytes:
    return _ESCAPE.sub(_unescaped, text) if b"\\" in text else text


def _unescaped(escape: re.Match[bytes]) -> bytes:
    return bytes([int(escape[1], 8) & 255]) if escape[1] else _ESCAPED.get(escape[2], escape[2])


def _hexadecimal(text: bytes) -> bytes:
    digits = b"".join(text.split()).decode()
    return bytes.fromhex(digits + "0" * (len(digits) % 2))
