"""Papers about the work itself, from the log: for a request under the Freedom of Information Act, a transparency record, a data protection assessment.

None holds a word of a case, a file name, a case label or the name of a person who works here. What is in them comes from the store and from
project.toml, so that the same project gives the same paper again.
"""

from collections import Counter

from scr_llm.project import Project
from scr_llm.records import Paper, Paragraph, Part, Sentence, Table
from scr_llm.review.session import ReviewSession
from scr_llm.stages.decisions import Key, standings
from scr_llm.text.words import in_words

TITLES = {
    "foi": "Information pack on the use of AI in a thematic review of case reviews",
    "atr": "Draft Algorithmic Transparency Record",
    "dpia": "Fact sheet for a data protection impact assessment",
}
_SAFEGUARDS = (
    "A person decides every counted cell; a paper is signed only when all are decided, and says DRAFT until then.",
    "Each quote is located character for character in its source, or refused.",
    "Each number is computed from the decisions; none is written by a model.",
    "Decisions are appended and chained by hash; an audit finds a changed or removed one.",
    "Nothing leaves the computer unless an endpoint, its region and who approved it are named; there is no telemetry and no update check.",
)


class _Facts:
    """What the store knows of the work."""

    def __init__(self, project: Project) -> None:
        session = ReviewSession(project)
        try:
            store = session.store
            self.documents, self.decisions, self.calls = store.documents(), store.decisions(), store.calls()
            self.signed = [s for s, _ in store.sign_offs()]
            self.coders = Counter(_coder(c.coder) for d in session.documents if (c := store.coding(d)))
            stood = standings(self.decisions)
            counted = {key: s for key, s in stood.items() if s.counts and key in session.proposals}
            self.decided = len(counted)
            self.overridden = sum(
                s.counts.value != session.proposals[key].value
                or bool(s.counts.text and s.counts.text != _proposed(session, key))
                for key, s in counted.items()
                if s.counts
            )
            self.both = [s for s in stood.values() if s.first and s.second]
            self.blind_only = sum(bool(s.blind) and not s.first for s in stood.values())
            self.acts = [d for s in stood.values() for d in (*s.first, *s.blind, *s.adjudicated)]
            self.codebook = session.codebook.version
        finally:
            session.close()


def _proposed(session: ReviewSession, key: Key) -> str | None:
    """The words that the coder proposed for a finding, recommendation or fact."""
    coding = session.store.coding(key[0])
    if coding is None:
        return None
    if key[1].startswith("case:"):
        return str(getattr(coding.case, key[1].removeprefix("case:"), "") or "") or None
    return next((i.text for i in (*coding.findings, *coding.recommendations) if i.id == key[1]), None)


def pack(project: Project, kind: str) -> Paper:
    """One of the papers: foi, atr or dpia."""
    f, settings = _Facts(project), project.settings
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
        parts=tuple(write(project, f) for write in parts),
    )


def _part(name: str, title: str, *lines: str, table: Table | None = None) -> Part:
    return Part(
        id=name,
        level=1,
        title=title,
        paragraphs=tuple(Paragraph(sentences=(Sentence(text=line),)) for line in lines),
        tables=(table,) if table else (),
    )


def _purpose(project: Project, f: _Facts) -> Part:
    return _part(
        "purpose",
        "Purpose",
        "Published or unpublished summaries of case reviews are read side by side, to find what they have in common and to draft a briefing for partners. No decision about a person is made.",
    )


def _nature(project: Project, f: _Facts) -> Part:
    return _part(
        "nature",
        "Nature of the processing",
        "Summaries of case reviews, which concern children and families and may hold special category data, are read as text, searched for themes, and quoted with their pages.",
        "No profile of a person is made and no decision about one is taken. The output is a paper about practice.",
    )


def _coder(coder: object) -> str:
    kind, model, version = getattr(coder, "kind", ""), getattr(coder, "model", None), getattr(coder, "version", "")
    return (
        f"the embedded coder, version {version}"
        if kind == "rules"
        else f"{kind} coder with the model {model}, at {getattr(coder, 'endpoint', None)}, program version {version}"
    )


def _tool(project: Project, f: _Facts) -> Part:
    lines = [
        f"{n} of {sum(f.coders.values())} codings were proposed by {who}." for who, n in sorted(f.coders.items())
    ] or ["Nothing was coded."]
    return _part(
        "tool",
        "What proposed the codings, and where it ran",
        *lines,
        f"The codebook is version {f.codebook}. The program itself runs on the computer on which it is installed.",
    )


def _dates(project: Project, f: _Facts) -> Part:
    days = sorted({d.taken_in for d in f.documents if d.taken_in})
    made = sorted(d.at[:10] for d in f.decisions)
    lines = [f"Files were taken in from {days[0]} to {days[-1]}." if days else "No day of taking in is noted."]
    lines.append(f"Decisions were made from {made[0]} to {made[-1]}." if made else "No decision has been made.")
    lines += [f"Version {s.version} was signed off on {s.at[:10]} by a person in the role {s.role}." for s in f.signed]
    return _part("dates", "Dates", *lines)


def _volumes(project: Project, f: _Facts) -> Part:
    status = Counter(d.status for d in f.documents)
    rows = [(f"Files, {in_words(name)}", str(n)) for name, n in sorted(status.items())]
    rows += [
        ("Pages of coded files", str(sum(d.pages for d in f.documents if d.status == "coded"))),
        ("Decisions that stand", str(len(f.acts))),
        ("Signed versions", str(len(f.signed))),
    ]
    return _part(
        "volumes",
        "Volumes",
        table=Table(caption="Volumes", columns=("What", "Number"), rows=tuple(rows), landscape=False),
    )


def _left(project: Project, f: _Facts) -> Part:
    if not f.calls:
        return _part(
            "left",
            "What left the computer",
            "No call to a model or to any other service was made. Nothing left the computer.",
        )
    by = Counter((c.endpoint, c.model) for c in f.calls)
    size = {
        key: sum(c.bytes_out for c in f.calls if (c.endpoint, c.model) == key) for key in by
    }
    rows = tuple((where, model, str(n), str(size[where, model])) for (where, model), n in sorted(by.items()))
    region = project.settings.llm.region or "not named"
    approved = "is named in the settings" if project.settings.llm.approved_by else "is not named in the settings"
    return _part(
        "left",
        "What left the computer",
        f"Calls to the endpoints below were made. Addresses on 127.0.0.1 are this computer. Region in the settings: {region}; who approved sending {approved}.",
        f"Redaction before sending is {'on' if project.settings.llm.redact else 'off'} in the settings.",
        table=Table(
            caption="Calls to models", columns=("Endpoint", "Model", "Calls", "Bytes sent"), rows=rows, landscape=False
        ),
    )


def _people(project: Project, f: _Facts) -> Part:
    roles = Counter(d.role for d in f.acts)
    lines = [
        f"People decided {f.decided} cells. In {f.overridden} of the {f.decided} they decided otherwise than was proposed, in value or in words."
    ]
    if f.both:
        same = sum(second.value == s.first[-1].value for s in f.both if (second := s.second))
        lines.append(
            f"A second reviewer decided {len(f.both)} of them blind; the two agreed on {same} of {len(f.both)} before adjudication."
        )
    if f.blind_only:
        lines.append(f"{f.blind_only} cells were decided by a blind second reviewer only, and do not count yet.")
    if not f.both and not f.blind_only:
        lines.append("No cell was decided by a second reviewer.")
    if roles:
        lines.append("Decisions by role: " + "; ".join(f"{role} {n}" for role, n in sorted(roles.items())) + ".")
    return _part("people", "What people decided", *lines)


def _safeguards(project: Project, f: _Facts) -> Part:
    return _part("safeguards", "Safeguards", *_SAFEGUARDS)


def _kept(project: Project, f: _Facts) -> Part:
    until = project.settings.retain_until
    return _part(
        "kept",
        "How long it is kept",
        f"The project may be kept until {until}." if until else "No retention date is set.",
        "`scr-llm forget` removes texts, quotes, decisions, caches, logs and papers, and leaves a certificate of hashes, dates and counts.",
    )
