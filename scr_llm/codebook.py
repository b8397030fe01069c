"""Load, check and hash codebooks. A codebook is a YAML file that people edit; every mistake is named with its line."""

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scr_llm.errors import CodebookError
from scr_llm.files import file_error, write_atomically
from scr_llm.records import Code, Codebook, SubCode
from scr_llm.text.wording import pattern

_MEANING = {"definition", "polarity", "include", "exclude", "wordings", "subjects", "near_misses"}


def load_codebook(path: Path) -> Codebook:
    """Read and check a codebook.

    Raises:
        CodebookError: names the file and line, and what to write instead.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        raise CodebookError(
            f"{path.name} cannot be read: {file_error(error, path).message}",
            next_step="Put it back, or copy it from a new project.",
        ) from error
    except UnicodeDecodeError as error:
        raise CodebookError(
            f"{path.name} cannot be read ({error}).", next_step="Save it as a UTF-8 text file."
        ) from error
    return _parsed(text, path)


def write_codebook(path: Path, text: str) -> None:
    """Write a codebook, if it can be used; else nothing.

    Raises:
        CodebookError: it cannot.
    """
    _parsed(text, path)
    write_atomically(path, text.encode())


@lru_cache(maxsize=4)  # one command asks for the same file several times, and YAML is slow to read
def _parsed(text: str, path: Path) -> Codebook:
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
        raise CodebookError(
            f"{path.name} is not YAML ({error}).", next_step="Compare it with the codebook that `init` writes."
        ) from error
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
    seen: set[str] = set()
    for number, code in enumerate(book.codes):
        parts: tuple[Code | SubCode, ...] = (code, *code.sub_codes)
        for nested, each in enumerate(parts):
            loc: tuple[str | int, ...] = ("codes", number) if not nested else ("codes", number, "sub_codes", nested - 1)
            if each.id in seen:
                raise CodebookError(
                    f"{path.name}, line {_line(text, loc)}: the id {each.id!r} is there twice.",
                    next_step="Give one of them another id.",
                )
            seen.add(each.id)
            plain = each.id.replace("_", "").replace(".", "")
            if not plain.isalnum() or each.id != each.id.lower() or (nested and not each.id.startswith(f"{code.id}.")):
                raise CodebookError(
                    f"{path.name}, line {_line(text, loc)}: the id {each.id!r} cannot be used.",
                    next_step="Write lower-case letters, digits and underscores; a sub-code as `code.aspect`.",
                )
            for field in ("wordings", "subjects", "near_misses"):
                for place, wording in enumerate(getattr(each, field)):
                    try:
                        pattern(wording)
                    except ValueError as error:
                        raise CodebookError(
                            f"{path.name}, line {_line(text, (*loc, field, place))}: the wording {wording!r} {error}."
                        ) from error
    labels = [code.label.strip().casefold() for code in book.codes]
    if twice := next((n for n, label in enumerate(labels) if label in labels[:n]), None):
        where = _line(text, ("codes", twice, "label"))
        raise CodebookError(
            f"{path.name}, line {where}: the label {book.codes[twice].label!r} is there twice.",
            next_step="Give one of them another label.",
        )
    if not book.codes:
        raise CodebookError(f"{path.name} has no codes.", next_step="Compare it with the codebook that `init` writes.")


def _line(text: str, loc: tuple[str | int, ...]) -> int:
    """Line of a place in the file; that of the nearest thing around it where it is not there itself."""
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


def _where(data: Any, loc: tuple[str | int, ...]) -> str:
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


def _advice(kind: str, loc: tuple[str | int, ...]) -> str:
    if kind == "missing":
        return f"Add a line `{loc[-1]}:` there."
    if kind == "extra_forbidden":
        return f"Delete `{loc[-1]}`, or correct its name: {', '.join(Code.model_fields)}."
    return "Compare it with the codebook that `init` writes."


def code_sha256(code: Code | SubCode) -> str:
    """Hash of what a code means: its definition and everything it is decided by, not its label."""
    meaning = {k: v for k, v in code.model_dump(mode="json").items() if k in _MEANING}
    if isinstance(code, Code):
        meaning["sub_codes"] = {sub.id: code_sha256(sub) for sub in code.sub_codes}
    return hashlib.sha256(json.dumps(meaning, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def codebook_sha256(book: Codebook) -> str:
    """Hash of what the codebook means: its codes' hashes under their ids."""
    codes = {code.id: code_sha256(code) for code in book.codes}
    return hashlib.sha256(json.dumps(codes, sort_keys=True).encode()).hexdigest()
