"""The codebook is checked, with line numbers."""

import re
import sys
from pathlib import Path

import pytest

from scr_llm.codebook import code_sha256, codebook_sha256, edit_codebook, load_codebook
from scr_llm.errors import CodebookError
from scr_llm.text.wording import compile_folded, compile_wordings, folded

SHIPPED = Path(__file__).parent.parent / "prompts" / "codebook.yaml"


def test_the_shipped_codebook() -> None:
    book = load_codebook(SHIPPED)
    assert len(book.codes) == 24
    assert [c.id for c in book.codes if c.core] == [c.id for c in book.codes[:8]]
    assert len(next(c for c in book.codes if c.id == "workforce").sub_codes) == 3


def test_a_label_is_no_meaning_and_a_definition_is() -> None:
    book = load_codebook(SHIPPED)
    code = book.codes[0]
    assert code_sha256(code) == code_sha256(code.model_copy(update={"label": "Other"}))
    assert code_sha256(code) != code_sha256(code.model_copy(update={"definition": "Other"}))
    assert len(codebook_sha256(book)) == 64


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("    polarity: feature", "    polarity: good", r"line 4\d: code 'domestic_abuse', polarity"),
        ("  - id: alcohol_misuse", "  - id: domestic_abuse", "is used twice"),
        ("    core: true", "    cor: true", "core|cor"),
        ("      - MARAC\n", "      - (MARAC\n", "opening bracket"),
        ("version: '1.0'", "version: ['1.0'", "not YAML"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = SHIPPED.read_text("utf-8")
    assert old in text
    path = tmp_path / "codebook.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(CodebookError, match=says):
        load_codebook(path)


def test_a_change_that_makes_it_unusable_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "codebook.yaml"
    path.write_bytes(SHIPPED.read_bytes())
    with pytest.raises(CodebookError, match="is used twice"):
        edit_codebook(path, lambda codes: codes.append(dict(codes[0])))
    assert path.read_bytes() == SHIPPED.read_bytes()
    edit_codebook(path, lambda codes: codes.append(dict(codes[0]) | {"id": "another", "label": "Another"}))
    assert [c.id for c in load_codebook(path).codes] == [*(c.id for c in load_codebook(SHIPPED).codes), "another"]


@pytest.mark.parametrize("wording", ["(child|baby)'s voice", "(child|baby)’s voice"])
@pytest.mark.parametrize("text", ["the child's voice", "the baby’s voice"])
def test_either_apostrophe_finds_both(wording: str, text: str) -> None:
    found = compile_wordings((wording,))
    assert found and found.search(text)


def test_in_a_folded_text_the_same_is_found() -> None:
    everything = "".join(chr(c) for c in range(sys.maxunicode + 1) if not 0xD800 <= c <= 0xDFFF)
    plain = folded(everything)
    assert len(plain) == len(everything)  # every place is still the same place
    for letter in "abcdefghijklmnopqrstuvwxyzàéîöüñçßøłş":
        alike = {m.start() for m in re.finditer(letter, everything, re.I)}
        assert {m.start() for m in re.finditer(letter, plain)} == alike, letter


@pytest.mark.parametrize("text", ["The MARAC met.", "the marac met", "A MARAſC met", "İt was in the Marac"])
def test_the_case_of_a_wording_does_not_matter(text: str) -> None:
    slow, quick = compile_wordings(("MARAC", "it was")), compile_folded(("MARAC", "it was"))
    assert slow and quick
    assert [m.span() for m in slow.finditer(text)] == [m.span() for m in quick.finditer(folded(text))]
