"""The coded reviews as RIS, the exchange format of programs that manage references."""

from collections.abc import Iterator

from scr_llm.records import ExportDocument
from scr_llm.render import Everything
from scr_llm.text.flow import readable


def export(everything: Everything) -> bytes:
    """One reference for each coded review. Its keywords are the themes that a person decided are present."""
    labels = {code.id: code.label for code in everything.codebook().codes}
    coded = (d for d in everything.export().documents if d.status == "coded")
    return "".join(_reference(document, labels) for document in coded).encode()


def _reference(document: ExportDocument, labels: dict[str, str]) -> str:
    lines = [f"{tag}  - {readable(value)}" for tag, value in _fields(document, labels) if value]
    return "\r\n".join(("TY  - RPRT", *lines, "ER  - ", "", ""))


def _fields(document: ExportDocument, labels: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Tags and values. No date of publication is known, so there is none."""
    yield "ID", document.id
    yield "TI", document.label
    if document.case and document.case.authority:
        yield "CY", document.case.authority
    for theme, cell in document.themes.items():
        if cell.value == "present" and cell.decision:
            yield "KW", labels.get(theme, theme)
    yield "N1", f"{document.pages} pages; SHA-256 of the file: {document.sha256}"
    yield "L1", document.file
