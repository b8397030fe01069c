"""Load, check, change and hash codebooks.

A codebook is a YAML file that people edit, so an error names the line and says what to write instead.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scr_llm.errors import CodebookError, UsageError
from scr_llm.files import file_error, write_atomically
from scr_llm.records import Code, Codebook, SubCode
from scr_llm.text.wording import pattern

_Place = tuple[str | int, ...]
"""Keys and numbers that lead from the top of the file to a place in it."""
_MEANING = {"definition", "polarity", "include", "exclude", "wordings", "subjects", "near_misses"}
"""Fields that decide what a code means. The label, aliases, question and note may change without changing it."""
_LINE_WIDTH = 130
"""Columns after which a rewritten codebook wraps its texts."""
_AS_IN_A_NEW_PROJECT = "Compare it with the codebook that `scr-llm init` writes."


def load_codebook(path: Path) -> Codebook:
    """Read and check a codebook.

    Raises:
        CodebookError: it cannot be used; the message names the file and the line, and says what to write instead.
    """
    return parsed(codebook_text(path), path)


def edit_codebook(path: Path, change: Callable[[list[Any]], None]) -> None:
    """Change the list of codes in a codebook file, keeping its comments. Nothing is written unless the result is valid.

    Args:
        path: the file.
        change: edits the list in place; each code is a mapping with the fields of `Code`.

    Raises:
        CodebookError: the file, or the result, cannot be used. The file is unchanged.
    """
    write_atomically(path, edited(codebook_text(path), path, change).encode())


def edited(text: str, path: Path, change: Callable[[list[Any]], None]) -> str:
    """The text of a codebook with its list of codes changed; comments and order stay. Nothing is written.

    Raises:
        CodebookError: the text, or the result, cannot be used.
    """
    from ruamel.yaml import YAML

    parsed(text, path)
    yaml = YAML()
    yaml.width, yaml.preserve_quotes = _LINE_WIDTH, True
    if re.search(r"^ +- id:", text, re.M):  # as `init` writes it: lists stand further in than what they belong to
        yaml.indent(mapping=2, sequence=4, offset=2)
    book = yaml.load(text)
    change(book["codes"])
    out = StringIO()
    yaml.dump(book, out)
    parsed(out.getvalue(), path)
    return out.getvalue()


def codebook_text(path: Path) -> str:
    """The text of a codebook file.

    Raises:
        CodebookError: it cannot be read.
    """
    try:
        return path.read_text("utf-8-sig")  # Notepad writes a byte order mark
    except OSError as error:
        raise CodebookError(
            f"{path.name} cannot be read: {file_error(error, path).message}",
            next_step="Restore it, or copy one from a new project.",
        ) from error
    except UnicodeDecodeError as error:
        raise CodebookError(
            f"{path.name} cannot be read ({error}).", next_step="Save it as a UTF-8 text file."
        ) from error


@lru_cache(maxsize=4)  # one command asks for the same file several times, and reading YAML is slow
def parsed(text: str, path: Path) -> Codebook:
    """A codebook from its text, checked. `path` is what errors name.

    Raises:
        CodebookError: it cannot be used.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        data = YAML(typ="safe").load(text)
    except MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise CodebookError(
            f"{path.name}, {line}this is not YAML ({error.problem}).",
            next_step="Check the indentation, colons and quotation marks there.",
        ) from error
    except YAMLError as error:
        raise CodebookError(f"{path.name} is not YAML ({error}).", next_step=_AS_IN_A_NEW_PROJECT) from error
    try:
        book = Codebook.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise CodebookError(
            f"{path.name}, line {_line(text, first['loc'])}: {_where(data, first['loc'])}: {first['msg'].lower()}.",
            next_step=_advice(first["type"], first["loc"]),
        ) from error
    _check(book, path, text)
    return book


def _check(book: Codebook, path: Path, text: str) -> None:
    """What the types of the fields cannot say."""

    def fault(loc: _Place, what: str, next_step: str | None = None) -> CodebookError:
        return CodebookError(f"{path.name}, line {_line(text, loc)}: {what}.", next_step=next_step)

    seen: set[str] = set()
    for loc, part, parent in _parts(book):
        if part.id in seen:
            raise fault(loc, f"the id {part.id!r} is used twice", "Give one of them another id.")
        seen.add(part.id)
        if not _is_id(part.id, parent):
            step = "Write lower-case letters, digits and underscores; a sub-code as `code.aspect`."
            raise fault(loc, f"the id {part.id!r} cannot be used", step)
        for field, place, wording in _wordings(part):
            try:
                pattern(wording)
            except ValueError as error:
                raise fault((*loc, field, place), f"the wording {wording!r} {error}") from error
    labels = [code.label.strip().casefold() for code in book.codes]
    for number, label in enumerate(labels):
        if label in labels[:number]:
            what = f"the label {book.codes[number].label!r} is used twice"
            raise fault(("codes", number, "label"), what, "Give one of them another label.")
    if not book.codes:
        raise CodebookError(f"{path.name} has no codes.", next_step=_AS_IN_A_NEW_PROJECT)


def _parts(book: Codebook) -> Iterator[tuple[_Place, Code | SubCode, str]]:
    """Each code and sub-code with its place in the file, and for a sub-code the id of its code."""
    for number, code in enumerate(book.codes):
        yield ("codes", number), code, ""
        for nested, sub in enumerate(code.sub_codes):
            yield ("codes", number, "sub_codes", nested), sub, code.id


def _wordings(part: Code | SubCode) -> Iterator[tuple[str, int, str]]:
    """Field, number and text of each wording."""
    for field in ("wordings", "subjects", "near_misses"):
        for place, wording in enumerate(getattr(part, field)):
            yield field, place, wording


def _is_id(name: str, parent: str) -> bool:
    if parent and not name.startswith(f"{parent}."):
        return False
    return name == name.lower() and name.replace("_", "").replace(".", "").isalnum()


def _line(text: str, loc: _Place) -> int:
    """Line of a place in the file; where the place is missing, the line of the nearest thing around it."""
    from ruamel.yaml import YAML

    node: Any = YAML(typ="rt").load(text)
    line = 0
    for key in loc:
        try:
            line = node.lc.item(key)[0] if isinstance(key, int) else node.lc.key(key)[0]
            node = node[key]
        except (KeyError, IndexError, AttributeError, TypeError):
            break
    return line + 1


def _where(data: Any, loc: _Place) -> str:
    """A place in the file in words: the innermost code it is in, and the field."""
    named = ""
    node = data
    for key in loc:
        try:
            node = node[key]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(node, dict) and "id" in node:
            named = f"code {node['id']!r}, "
    return f"{named}{loc[-1] if loc else 'the file'}"


def _advice(kind: str, loc: _Place) -> str:
    if kind == "missing":
        return f"Add a line `{loc[-1]}:` there."
    if kind == "extra_forbidden":
        return f"Delete `{loc[-1]}`, or correct its name. The names are: {', '.join(Code.model_fields)}."
    return _AS_IN_A_NEW_PROJECT


@lru_cache(maxsize=1000)
def code_sha256(code: Code | SubCode) -> str:
    """Hash of what a code means: its definition and all else that it is decided by, but not its label."""
    meaning = {k: v for k, v in code.model_dump(mode="json").items() if k in _MEANING}
    if isinstance(code, Code):
        meaning["sub_codes"] = {sub.id: code_sha256(sub) for sub in code.sub_codes}
    return hashlib.sha256(json.dumps(meaning, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def codes_named(book: Codebook, text: str) -> tuple[Code, ...]:
    """The codes that a person may mean: by id, label or another name; or else by a part of one of these."""
    wanted = " ".join(text.casefold().split())
    names = {code.id: [n.casefold() for n in (code.id, code.label, *code.aliases)] for code in book.codes}
    exact = tuple(code for code in book.codes if wanted in names[code.id])
    return exact or tuple(code for code in book.codes if wanted and any(wanted in name for name in names[code.id]))


def code_named(book: Codebook, text: str) -> Code:
    """The one code that a person means.

    Raises:
        UsageError: no code is named so, or several are; the message lists them.
    """
    found = codes_named(book, text)
    if len(found) == 1:
        return found[0]
    if found:
        listed = "; ".join(f"{code.label} ({code.id})" for code in found)
        raise UsageError(f"{text!r} could be one of several themes.", next_step=f"Name one of them: {listed}.")
    listed = ", ".join(code.id for code in book.codes)
    raise UsageError(f"the codebook has no theme {text!r}.", next_step=f"Its themes are: {listed}.")


def codebook_sha256(book: Codebook) -> str:
    """Hash of what the codebook means: the hashes of its codes by their ids."""
    codes = {code.id: code_sha256(code) for code in book.codes}
    return hashlib.sha256(json.dumps(codes, sort_keys=True).encode()).hexdigest()
