"""The project as QDPX, the exchange format of programs for qualitative research (REFI-QDA 1.0 and 1.5).

A quote is in it twice: as an anchor in the plain text, by offsets in code points, and as a rectangle on its page, in
points from the lower left corner of the media box, with pages counted from 0.
"""

import io
import math
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from scr_llm.records import Decision
from scr_llm.render import Everything
from scr_llm.render.refi import GROUPS, add_codes, as_xml, code_guid, element, guid
from scr_llm.render.sources import Coded, Placed, Source, Sources, joined, key
from scr_llm.text.file_names import safe_file_name
from scr_llm.text.flow import readable
from scr_llm.text.words import CONTEXTS, VALUES, count
from scr_llm.version import __version__

PAGE_BREAK = "\n\n"
"""What stands between the pages in the plain text of a review."""
_NAME = 60
"""Characters of a quote by which its selection is named."""
_VARIABLES = {
    "Authority": "Text",
    "Pseudonym": "Text",
    "Why the review was held": "Text",
    "Number of children": "Integer",
    "Ages of the children": "Text",
    "Genders of the children": "Text",
}


def export(everything: Everything) -> bytes:
    """The whole file. The same project gives the same bytes."""
    project = everything.sources()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        _add(packed, "project.qde", as_xml(_Project(project).element()))
        for source in project.sources:
            _add(packed, f"sources/{_text_guid(source)}.txt", whole_text(page.text for page in source.pages).encode())
            if source.pdf:
                _add(packed, f"sources/{_guid(source)}.pdf", source.pdf(), packed=False)
    return out.getvalue()


def whole_text(pages: Iterable[str]) -> str:
    """The plain text of a review as the file holds it."""
    return PAGE_BREAK.join(pages)


def name_of(file: str) -> str:
    """What a review is called in the file: its folders become part of its name.

    QualCoder writes the PDF under this name, and loses it where the name has a folder in it.
    """
    return safe_file_name(file.replace("/", " - "))


def not_carried(everything: Everything) -> str:
    """What the file cannot carry."""
    project = everything.sources()
    unplaced = [
        f"{source.file}, page {part.words.page}: “{readable(part.words.quote)[:_NAME]}”"
        for source in project.sources
        for part in _parts(source)
        if source.pdf and not part.boxes
    ]
    lists = (
        ("Files that are not coded, and are not in it:", project.not_coded),
        ("Reviews that are in it as text only:", [f"{s.file}: {s.no_pdf}" for s in project.sources if s.no_pdf]),
        ("Quotes that are marked in the text only, because their place on the page is not known:", unplaced),
    )
    own = [
        f"- {count(project.rejected, 'proposal')} that a person rejected or changed.",
        f"- {count(project.open_cells, 'theme')} of a review in which nothing was found and nobody has decided.",
        f"- {count(project.blind, 'blind answer')} of second reviewers. They never count alone.",
        "- Withdrawn and earlier decisions, and the chain of hashes that shows whether the record was changed.",
        "- The coder’s reasons and doubts, the wordings of the codebook, and why quotes were refused.",
        "- An aspect of a theme is coded on the whole review, because it was decided for the review, not for a quote.",
        "- A rectangle holds all lines of its quote, so it may hold other words beside the first and last line.",
    ]
    if project.bare:
        own = [
            "- What is coded and decided, and the facts of the cases: it is for a second reviewer, who sees none of it."
        ]
    lines = ["What the QDPX file does not hold", "", *own]
    for heading, found in lists:
        if found:
            lines += ["", heading, *(f"- {line}" for line in found)]
    return "\n".join(lines) + "\n"


def _add(archive: zipfile.ZipFile, name: str, content: bytes, *, packed: bool = True) -> None:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.create_system, info.external_attr = 3, 0o600 << 16
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    archive.writestr(info, content)


def _guid(source: Source) -> str:
    return guid("source", source.id)


def _text_guid(source: Source) -> str:
    return guid("text", source.id)


def _names(sources: Sequence[Source]) -> dict[str, str]:
    """The name of each review by its id. No two have the same one, however a disk takes capital letters."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for source in sources:
        stem = name_of(source.file)[: -len(".pdf")]
        ending = ".pdf" if source.pdf else ".txt"  # a text called .pdf is handed on as a PDF by QualCoder
        name, number = stem + ending, 1
        while name.casefold() in taken:
            number += 1
            name = f"{stem} ({number}){ending}"
        found[source.id] = name
        taken.add(name.casefold())
    return found


def _parts(source: Source) -> Iterator[Placed]:
    return (part for coded in source.coded for quote in coded.quotes for part in quote)


@dataclass
class _Selection:
    """Words that one user coded: in the plain text, and on each page that they are on.

    Each user has selections of their own: QualCoder takes the user of a coding from its selection.
    """

    start: int
    end: int
    user: str
    parts: list[Placed]
    coded: list[Coded] = field(default_factory=list)


class _Project:
    """The XML of a project."""

    def __init__(self, project: Sources) -> None:
        self._project = project
        self._names = _names(project.sources)
        self._notes: dict[str, Element] = {}

    def element(self) -> Element:
        project = self._project
        root = element(
            None,
            "Project",
            xmlns="urn:QDA-XML:project:1.0",
            name=project.name or "Project",
            origin=f"scr-llm {__version__}",
        )
        users = element(root, "Users")
        for name in sorted(set(self._users())):
            element(users, "User", guid=guid("user", name), name=name)
        if not len(users):
            root.remove(users)
        used = ((coded.code, coded.meaning) for source in project.sources for coded in source.coded)
        add_codes(element(element(root, "CodeBook"), "Codes"), project.codebook, used)
        if project.sources:
            self._add_variables(root)
            self._add_cases(root)
            made = element(root, "Sources")
            for source in project.sources:
                self._add_source(made, source)
        if self._notes:
            element(root, "Notes").extend(self._notes.values())
        element(root, "Description", f"Codebook: {project.codebook.title}, version {project.codebook.version}.")
        return root

    def _users(self) -> Iterator[str]:
        for source in self._project.sources:
            yield source.coder
            yield from (coded.decision.author for coded in source.coded if coded.decision)

    def _add_variables(self, root: Element) -> None:
        variables = element(root, "Variables")
        for name, kind in _VARIABLES.items():
            element(variables, "Variable", guid=guid("variable", name), name=name, typeOfVariable=kind)

    def _add_cases(self, root: Element) -> None:
        cases = element(root, "Cases")
        for source in self._project.sources:
            case = element(cases, "Case", guid=guid("case", source.id), name=source.label)
            element(case, "Description", f"The review {self._names[source.id]}.")  # QualCoder passes over SourceRef
            for name, value in _facts(source).items():
                made = element(case, "VariableValue")
                element(made, "VariableRef", targetGUID=guid("variable", name))
                element(made, f"{_VARIABLES[name]}Value", value)
            element(case, "SourceRef", targetGUID=_guid(source))

    def _add_source(self, parent: Element, source: Source) -> None:
        file = {"name": self._names[source.id], "creatingUser": guid("user", source.coder)}
        selections = _selections(source)
        text = {"plainTextPath": f"internal://{_text_guid(source)}.txt"}
        if source.pdf:
            made = element(parent, "PDFSource", guid=_guid(source), path=f"internal://{_guid(source)}.pdf", **file)
            for selection in selections:
                self._add_rectangles(made, source, selection)
            holds = element(made, "Representation", guid=_text_guid(source), **text, **file)
        else:
            made = holds = element(parent, "TextSource", guid=_guid(source), **text, **file)
        if whole := "\n\n".join(self._whole(source)):
            element(holds, "Description", whole)
        for selection in selections:
            self._add_anchor(holds, source, selection)
        self._add_whole(made, source)

    def _add_rectangles(self, parent: Element, source: Source, selection: _Selection) -> None:
        """One rectangle a page. The first has the GUID of the anchor in the text, as ATLAS.ti has it."""
        anchor = _anchor(source, selection)
        for number, part in enumerate(part for part in selection.parts if part.boxes):
            left, bottom = source.origins[part.words.page - 1]
            made = element(
                parent,
                "PDFSelection",
                guid=guid(anchor, part.words.page) if number else anchor,
                name=_name(part.words.quote),
                page=str(part.words.page - 1),
                firstX=str(math.floor(min(box[0] for box in part.boxes) - left)),
                firstY=str(math.floor(min(box[1] for box in part.boxes) - bottom)),
                secondX=str(math.ceil(max(box[2] for box in part.boxes) - left)),
                secondY=str(math.ceil(max(box[3] for box in part.boxes) - bottom)),
                **_by(source, selection.user, selection.coded[0].decision),
            )
            self._add_codings(made, source, selection, (anchor, "page", part.words.page))

    def _add_anchor(self, parent: Element, source: Source, selection: _Selection) -> None:
        anchor = _anchor(source, selection)
        made = element(
            parent,
            "PlainTextSelection",
            guid=anchor,
            name=_name(selection.parts[0].words.quote),
            startPosition=str(selection.start),
            endPosition=str(selection.end),
            **_by(source, selection.user, selection.coded[0].decision),
        )
        decided = [c for c in selection.coded if c.decision and c.decision.author == selection.user]
        if decided:  # as QualCoder reads a memo
            element(made, "Description", "\n\n".join(self._told(c) for c in decided))
        self._add_codings(made, source, selection, (anchor, "text"))

    def _add_codings(self, parent: Element, source: Source, selection: _Selection, where: tuple[object, ...]) -> None:
        for target, coded in {code_guid(c.code, c.meaning): c for c in selection.coded}.items():
            self._add_coding(parent, source, coded, selection.user, target, where)

    def _add_coding(
        self, parent: Element, source: Source, coded: Coded, user: str, target: str, where: tuple[object, ...]
    ) -> None:
        decision = coded.decision if coded.decision and user == coded.decision.author else None
        made = element(parent, "Coding", guid=guid("coding", *where, target, user), **_by(source, user, decision))
        element(made, "CodeRef", targetGUID=target)
        if decision:
            element(made, "NoteRef", targetGUID=self._note(source, coded, decision))

    def _add_whole(self, parent: Element, source: Source) -> None:
        """What is decided for the whole review: aspects, and what was not found."""
        for coded in source.coded:
            user = _author(source, coded)
            where = (source.id, "whole")
            if coded.code and not coded.quotes and coded.decision:
                target = code_guid(coded.code, coded.meaning)
                self._add_coding(parent, source, coded, user, target, where)
            if coded.meaning == "present":
                for sub in coded.sub_themes:
                    self._add_coding(parent, source, coded, user, guid("code", sub), where)

    def _whole(self, source: Source) -> Iterator[str]:
        """The same in words. QualCoder passes over codings of a whole document, and reads this as its memo."""
        for coded in source.coded:
            if coded.code and not coded.quotes and coded.decision:
                yield self._told(coded)
            subs = [sub for code in self._project.codebook.codes if code.id == coded.code for sub in code.sub_codes]
            aspects = "; ".join(sub.label for sub in subs if sub.id in coded.sub_themes)
            if coded.meaning == "present" and aspects:
                yield f"Aspects of {_label(self._project, coded)}: {aspects} ({_author(source, coded)})."

    def _note(self, source: Source, coded: Coded, decision: Decision) -> str:
        """The note on a decision: who, when, what and why. It is written once."""
        id_ = guid("note", source.id, decision.theme)
        if id_ not in self._notes:
            note = element(
                None,
                "Note",
                guid=id_,
                name=f"Decision: {source.label}"[:_NAME],
                **_by(source, decision.author, decision),
            )
            element(note, "PlainTextContent", self._told(coded))
            self._notes[id_] = note
        return id_

    def _told(self, coded: Coded) -> str:
        """A decision in words: who, in which role, when, what, and why."""
        decision = coded.decision
        if decision is None:
            return ""
        said = _said(self._project, coded)
        told = f"Decided by {decision.author}, {decision.role}, on {decision.at[:10]}: {said}."
        return f"{told}\nWhy: {decision.reason}" if decision.reason else told


def _said(project: Sources, coded: Coded) -> str:
    if not coded.code:
        return f"{coded.meaning} accepted"
    value = GROUPS["good_practice"] if coded.meaning == "good_practice" else VALUES[coded.meaning]
    return f"{_label(project, coded)}: {value.lower()}"


def _label(project: Sources, coded: Coded) -> str:
    """What a theme is called; its id where the codebook no longer has it."""
    return next((code.label for code in project.codebook.codes if code.id == coded.code), coded.code)


def _author(source: Source, coded: Coded) -> str:
    """Who says what is coded: the person who decided it, or else the coder."""
    return coded.decision.author if coded.decision else source.coder


def _by(source: Source, user: str, decision: Decision | None) -> dict[str, str]:
    """Who coded, and when: the moment of a decision, or the day on which the file was taken in."""
    made = {"creatingUser": guid("user", user)}
    if decision and user == decision.author:
        made["creationDateTime"] = datetime.fromisoformat(decision.at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    elif source.taken_in:
        made["creationDateTime"] = f"{source.taken_in}T00:00:00Z"
    return made


def _facts(source: Source) -> dict[str, str]:
    """The facts of the case that are stated."""
    case = source.case
    if case is None:
        return {}
    ages = [child.age or child.age_band for child in case.children]
    stated = {
        "Authority": case.authority,
        "Pseudonym": case.pseudonym,
        "Why the review was held": CONTEXTS[case.context] if case.context != "not stated" else None,
        "Number of children": str(len(case.children)) if case.children else None,
        "Ages of the children": "; ".join(ages),
        "Genders of the children": "; ".join(child.gender for child in case.children),
    }
    return {name: value for name, value in stated.items() if value}


def _selections(source: Source) -> list[_Selection]:
    """The selections of a review in the order of its text, each with all that is coded on it."""
    bases, at = [], 0
    for page in source.pages:
        bases.append(at)
        at += len(page.text) + len(PAGE_BREAK)
    found: dict[tuple[int, int, str], _Selection] = {}
    for coded in source.coded:
        for quote in coded.quotes:
            for run in joined(quote, source.pages):
                first, last = run[0].words, run[-1].words
                place = bases[first.page - 1] + first.start, bases[last.page - 1] + last.end
                for user in _who(source, coded, run):
                    selection = found.setdefault((*place, user), _Selection(*place, user, run))
                    selection.coded.append(coded)
    return [found[place] for place in sorted(found)]


def _who(source: Source, coded: Coded, run: Sequence[Placed]) -> list[str]:
    """Who says it of these words: the person who decided, and the coder where it had proposed them."""
    if coded.decision is None:
        return [source.coder]
    proposed = all(key(part.words) in coded.proposed for part in run)
    return [coded.decision.author, *([source.coder] if proposed else [])]


def _anchor(source: Source, selection: _Selection) -> str:
    return guid("selection", source.id, selection.start, selection.end, selection.user)


def _name(quote: str) -> str:
    text = readable(quote)
    return text if len(text) <= _NAME else f"{text[: _NAME - 1]}…"
