"""Papers about the work itself, made from the log.

They answer a request under the Freedom of Information Act, and help to write a transparency record or a data
protection impact assessment. None holds a word of a case, a file name, a case label or the name of a person who works
here. Their content comes from the store and from project.toml, so the same project always gives the same paper.
"""

from collections import Counter

from scr_llm.models.call_log import ASSISTANT
from scr_llm.project import Project
from scr_llm.records import CoderIdentity, Paper, Paragraph, Part, Sentence, Table
from scr_llm.reports.deciding import deciding_so_far
from scr_llm.review.session import ReviewSession
from scr_llm.settings import EngineSettings
from scr_llm.stages.decisions import standings
from scr_llm.stages.decisions.items import LIST
from scr_llm.stages.synthesise.people import deciding_in_words
from scr_llm.text.words import in_words

TITLES = {
    "foi": "Information pack on the use of AI in a thematic review of case reviews",
    "atr": "Draft Algorithmic Transparency Record",
    "dpia": "Fact sheet for a data protection impact assessment",
}
_SAFEGUARDS = (
    "A person decides every cell that is counted. "
    "A paper is signed only when all are decided, and says DRAFT until then.",
    "Each quote is found in its source character for character, or refused.",
    "Each number is calculated from the decisions; none is written by a model.",
    "Decisions can only be added, and are chained by hash; an audit detects any that was changed or removed.",
)

_ASSISTANTS = (
    "Endpoints that begin with “assistant (MCP)” are answers to an assistant, whose maker receives them. “Refused” "
    "means that it was told nothing about the project."
)


class _WorkRecord:
    """What the store holds about the work."""

    def __init__(self, project: Project) -> None:
        self.project = project
        session = ReviewSession(project)
        try:
            store = session.store
            self.documents, self.decisions, self.calls = store.documents(), store.decisions(), store.calls()
            self.signed = store.signatures()
            self.server = store.name if project.settings.store.url else ""
            self.coders = Counter(_coder(c.coder) for d in session.documents if (c := store.coding(d)))
            by_cell = standings(self.decisions)
            self.deciding = deciding_so_far(project, store)
            in_force = (d for s in by_cell.values() for d in (*s.first, *s.blind, *s.adjudicated))
            # A list that was confirmed is one decision, however many cells it covers.
            self.acts = {(d.document_id, LIST if d.shown_sha256 else d.theme, d.author, d.at) for d in in_force}
            self.codebook = session.codebook.version
        finally:
            session.close()


def pack(project: Project, kind: str) -> Paper:
    """One of the papers: foi, atr or dpia."""
    work, settings = _WorkRecord(project), project.settings
    parts = {
        "foi": (_purpose, _tool, _dates, _volumes, _left, _people, _safeguards),
        "atr": (_purpose, _tool, _safeguards, _people, _volumes, _left, _dates),
        "dpia": (_nature, _dates, _tool, _left, _kept, _people, _safeguards, _volumes),
    }[kind]
    return Paper(
        title=TITLES[kind],
        status_line="DRAFT for the information governance officer – made from the log",
        marking=settings.marking,
        version="1",
        organisation=settings.organisation,
        parts=tuple(write(work) for write in parts),
    )


def _part(name: str, title: str, *lines: str, table: Table | None = None) -> Part:
    return Part(
        id=name,
        level=1,
        title=title,
        paragraphs=tuple(Paragraph(sentences=(Sentence(text=line),)) for line in lines),
        tables=(table,) if table else (),
    )


def _purpose(_work: _WorkRecord) -> Part:
    return _part(
        "purpose",
        "Purpose",
        "Published or unpublished summaries of case reviews are compared, to find what they have in common and to "
        "draft a briefing for partners. No decision about a person is made.",
    )


def _nature(_work: _WorkRecord) -> Part:
    return _part(
        "nature",
        "Nature of the processing",
        "Summaries of case reviews, which concern children and families and may hold special category data, are read "
        "as text, searched for themes, and quoted with page numbers.",
        "No profile of a person is made, and no decision about a person is taken. "
        "The output is a paper about practice.",
    )


def _coder(coder: CoderIdentity) -> str:
    if coder.kind == "rules":
        return f"the embedded coder, version {coder.version}"
    return f"{coder.kind} coder with the model {coder.model}, at {coder.endpoint}, program version {coder.version}"


def _tool(work: _WorkRecord) -> Part:
    total = sum(work.coders.values())
    lines = [f"{n} of {total} codings were proposed by {who}." for who, n in sorted(work.coders.items())]
    return _part(
        "tool",
        "What proposed the codings, and where it ran",
        *(lines or ["Nothing was coded."]),
        f"The codebook is version {work.codebook}. The program itself runs on the computer on which it is installed.",
    )


def _dates(work: _WorkRecord) -> Part:
    days = sorted({d.taken_in for d in work.documents if d.taken_in})
    made = sorted(d.at[:10] for d in work.decisions)
    lines = ["No date is recorded on which a file was taken in."]
    if days:
        lines = [f"Files were taken in from {days[0]} to {days[-1]}."]
    lines.append(f"Decisions were made from {made[0]} to {made[-1]}." if made else "No decision has been made.")
    lines += [
        f"Version {s.version} was signed off on {s.at[:10]} by a person in the role {s.role}." for s in work.signed
    ]
    return _part("dates", "Dates", *lines)


def _volumes(work: _WorkRecord) -> Part:
    status = Counter(d.status for d in work.documents)
    rows = [(f"Files, {in_words(name)}", str(n)) for name, n in sorted(status.items())]
    rows += [
        ("Pages of coded files", str(sum(d.pages for d in work.documents if d.status == "coded"))),
        ("Decisions in force", str(len(work.acts))),
        ("Signed versions", str(len(work.signed))),
    ]
    return _part(
        "volumes",
        "Volumes",
        table=Table(caption="Volumes", columns=("What", "Number"), rows=tuple(rows), landscape=False),
    )


def _left(work: _WorkRecord) -> Part:
    record = f"The record, which holds the texts and the decisions, is kept on a database server: {work.server}."
    if not work.calls:
        rest = record if work.server else "Nothing left the computer."
        return _part("left", "What left the computer", f"No call to a model or to any other service was made. {rest}")
    by = Counter((c.endpoint, c.model) for c in work.calls)
    size = {key: sum(c.bytes_out for c in work.calls if (c.endpoint, c.model) == key) for key in by}
    rows = tuple((where, model, str(n), str(size[where, model])) for (where, model), n in sorted(by.items()))
    region = work.project.settings.llm.region or "not named"
    approved = "is named in the settings" if work.project.settings.llm.approved_by else "is not named in the settings"
    return _part(
        "left",
        "What left the computer",
        "Calls were made to the endpoints below. Addresses on 127.0.0.1 are this computer. "
        f"Region in the settings: {region}; the person who approved sending {approved}.",
        *_cluster(work.project.settings.engine),
        f"Redaction before sending is {'on' if work.project.settings.llm.redact else 'off'} in the settings.",
        *((_ASSISTANTS,) if any(c.endpoint.startswith(ASSISTANT) for c in work.calls) else ()),
        *((record,) if work.server else ()),
        table=Table(
            caption="Calls to models", columns=("Endpoint", "Model", "Calls", "Bytes sent"), rows=rows, landscape=False
        ),
    )


def _cluster(engine: EngineSettings) -> tuple[str, ...]:
    """What the settings say about a Ray cluster."""
    if not engine.address:
        return ()
    approved = "is named in the settings" if engine.approved_by else "is not named in the settings"
    return (
        f"Files may be read and coded by a Ray cluster at {engine.address}. Its region in the settings: "
        f"{engine.region or 'not named'}; the person who approved reading them there {approved}.",
    )


def _people(work: _WorkRecord) -> Part:
    lines = deciding_in_words(work.deciding, named=False) or ("Nobody has decided anything yet.",)
    alone = [s.version for s in work.signed if s.alone]
    signed = [f"Version {version} was signed by the person who decided most of its cells." for version in alone]
    return _part("people", "What people decided", *lines, *signed)


def _safeguards(work: _WorkRecord) -> Part:
    what = "Apart from the record on the database server, nothing" if work.server else "Nothing"
    leaves = (
        f"{what} leaves the computer unless an endpoint, its region and the person who approved it are named, or an "
        "assistant is allowed to read and the person who approved that is named. "
        "There is no telemetry and no update check."
    )
    return _part("safeguards", "Safeguards", *_SAFEGUARDS, leaves)


def _kept(work: _WorkRecord) -> Part:
    until = work.project.settings.retain_until
    return _part(
        "kept",
        "How long it is kept",
        f"The project may be kept until {until}." if until else "No retention date is set.",
        "`scr-llm erase` removes texts, quotes, decisions, caches, logs and papers, and leaves a certificate of "
        "hashes, dates and counts.",
        *(("It does not reach the backups of the database server.",) if work.server else ()),
    )
