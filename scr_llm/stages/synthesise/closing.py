"""The parts that close the paper: conclusion, method, what was not read, contact and key."""

import re
from collections.abc import Iterator, Sequence

from scr_llm.records import Code, CoderIdentity, Document, Paragraph, Part, Ruling, Sentence, Table
from scr_llm.stages.synthesise.count import ThemeTally
from scr_llm.stages.synthesise.coverage import coverage, read_twice
from scr_llm.stages.synthesise.english import lower, of_the
from scr_llm.stages.synthesise.people import deciding_in_short, deciding_in_words, signed_alone
from scr_llm.stages.synthesise.sentences import bullet, cited, note, paragraph, sentence
from scr_llm.text.words import capital, count, in_words

MOST_LEFT_OUT = 5
"""Files left out that the paper names; the evidence file names all."""


def conclusion(tally: ThemeTally, number: int) -> Part:
    """What partners are asked: the codebook's question on each headline theme."""
    reviews = "these reviews" if tally.facts.reviews > 1 else "this review"
    if not tally.facts.headline:
        text = f"No practice theme was found often enough in {reviews} to put a question to partners."
        paragraphs = [paragraph(text, tally.ids)]
    else:
        paragraphs = [paragraph(f"In the light of {reviews}, partners are asked to answer:", tally.ids)]
    for theme in tally.facts.headline:
        code, found = tally.codes[theme], tally.counts[theme]
        text = f"{_question(code)} This arose in {of_the(found.present, found.of, 'review')}."
        paragraphs.append(bullet(cited(text, tally.codebook, theme), found.documents, theme))
    return Part(id="conclusion", level=1, title=f"{number}. Conclusion", paragraphs=tuple(paragraphs))


def _question(code: Code) -> str:
    """The codebook words it as "How risk is assessed" or "The quality of records": here it ends in a question mark."""
    asked = (code.question or code.label).rstrip(".?")
    if asked.startswith(("How ", "Whether ", "What ")):
        return f"Can your agency show {lower(asked)}?"
    return f"What assurance does your agency have on {lower(asked)}?"


def how_made(tally: ThemeTally, number: int) -> Part:
    """The method in short, and what was not read. The evidence file has both in full."""
    lines = [
        _proposed_in_short(tally.reviews[0].coding.coder),
        "Each quote was found in the text of the page that it cites.",
        "People decided each cell of the matrix." if tally.options.signed else "People decide each cell of the matrix.",
        *deciding_in_short(tally.options.deciding, signed=tally.options.signed, alone=bool(tally.options.alone)),
        "A practice theme counts only where a review finds a shortcoming, and once for each review.",
    ]
    sentences = [*(sentence(line) for line in lines), *_files_read(tally), *_pages_unread(tally), *_pages_twice(tally)]
    full = sentence("The evidence file has the method in full and every page that was read.")
    left_out = [d for d in tally.files if d.status != "coded"]
    bullets = [*(bullet(_left_out(d), (d.id,)) for d in left_out[:MOST_LEFT_OUT]), *map(bullet, _rulings(tally.files))]
    if (more := len(left_out) - MOST_LEFT_OUT) > 0:
        bullets.append(bullet(f"{count(more, 'more file is', 'more files are')} listed in the evidence file."))
    return Part(
        id="method",
        level=1,
        title=f"{number}. How this paper was made",
        paragraphs=(Paragraph(sentences=(*sentences, full)), *bullets),
    )


def _proposed_in_short(coder: CoderIdentity) -> str:
    if coder.kind == "rules":
        return "A program proposed what each review shows, by rules and learned weights; no language model was used."
    return f"A language model ({coder.model}) proposed what each review shows."


def _files_read(tally: ThemeTally) -> list[Sentence]:
    coded, files = tally.facts.reviews, tally.facts.files
    if coded == files:
        return [
            sentence(f"{capital(of_the(files, files, 'file'))} in the inbox {'was' if files == 1 else 'were'} coded.")
        ]
    if not coded:
        return [sentence(f"{capital(of_the(0, files, 'file'))} in the inbox was coded.")]
    was = "was" if coded == 1 else "were"
    return [sentence(f"{capital(of_the(coded, files, 'file'))} in the inbox {was} coded; the others were left out.")]


def _pages_unread(tally: ThemeTally) -> list[Sentence]:
    notes = [note for review in tally.reviews for note in review.document.notes]
    unread = sum(note.unread for note in notes)
    flagged = len(notes) - unread
    told = []
    if unread:
        told.append(f"{count(unread, 'page has', 'pages have')} no readable text.")
    if flagged:
        told.append(f"{count(flagged, 'page was', 'pages were')} flagged for a person to look at.")
    return [sentence(line) for line in told]


def _pages_twice(tally: ThemeTally) -> list[Sentence]:
    """How many pages two readers have read; nothing where this was not recorded of any review."""
    recorded = [of for of in map(coverage, tally.reviews) if of.once is not None]
    return [sentence(read_twice(recorded))] if recorded else []


def _left_out(document: Document) -> str:
    if document.status == "pending":
        return f"{document.file}: not yet coded."
    return f"{document.file} ({in_words(document.status)}): {document.reason}"


def contact(tally: ThemeTally) -> Part:
    """Who wrote the paper, how to reach them, and who signed it."""
    options = tally.options
    lines = [options.author, options.organisation, options.contact]
    if options.signed:
        lines.append(options.status.replace("SIGNED OFF", "Signed off", 1))
    paragraphs = [paragraph(line) for line in lines if line]
    missing = [what for what, given in (("author", options.author), ("contact", options.contact)) if not given]
    if missing and not options.signed:
        paragraphs.append(note(f"No {' or '.join(missing)} is named yet: see [briefing] in project.toml."))
    return Part(id="contact", level=1, title="Author and contact", paragraphs=tuple(paragraphs))


def method(tally: ThemeTally) -> Part:
    """How the paper was made, in full."""
    coder = tally.reviews[0].coding.coder
    refused = sum(len(r.coding.refused) for r in tally.reviews)
    signed = tally.options.signed
    people = (
        "People decided each cell before the paper was" if signed else "People decide each cell before the paper is"
    )
    not_found = "nothing was found" if signed else "the coder found nothing"
    lines = [
        _proposed(coder),
        "The program then located each quote in the text of its page, letter by letter. "
        "Only differences on a fixed list, such as line breaks and the form of quotation marks, are allowed. "
        + _refused(refused),
        "A theme counts once in each review. "
        "A practice theme counts only where the review finds a shortcoming; good practice does not count. "
        f"“Not found” means that {not_found}. It does not mean that it did not happen.",
        f"All counts are computed from the codings. {people} signed off.",
        *_rulings(tally.files),
        tally.options.record,
        _people(tally),
        _versions(coder),
    ]
    return Part(
        id="method",
        level=1,
        title="Method and use of AI",
        paragraphs=tuple(paragraph(line) for line in lines if line),
    )


def _people(tally: ThemeTally) -> str:
    """How the deciding went, and why the paper is signed by the one who decided most, if it is."""
    return " ".join((*deciding_in_words(tally.options.deciding), *signed_alone(tally.options.alone)))


def _refused(number: int) -> str:
    if not number:
        return "No quote was refused."
    verb = "is" if number == 1 else "are"
    return f"{count(number, 'quote was', 'quotes were')} refused and {verb} not used as evidence."


def _proposed(coder: CoderIdentity) -> str:
    if coder.kind == "rules":
        return (
            "The program’s own coder proposed the codings, by rules and by weights learned from made-up passages. "
            "No language model was used, and no text left this computer."
        )
    return f"A language model ({coder.model}, at {coder.endpoint}) proposed the codings."


def _versions(coder: CoderIdentity) -> str:
    """The versions and hashes by which the codings can be made again."""
    parts = [
        f"Codebook version {coder.codebook_version} (SHA-256 {coder.codebook_sha256[:12]})",
        f"program version {coder.version}",
    ]
    if coder.prompts_sha256:
        parts.append(f"prompts {coder.prompts_sha256[:12]}")
    if coder.kind == "rules" and coder.strategy:
        parts.append(f"weights {coder.strategy.removeprefix('learned ')}")
    return "; ".join(parts) + "."


def _rulings(files: Sequence[Document]) -> list[str]:
    """Which files are counted, or left out, because a person decided so."""
    return [
        _ruling(document.file, ruling)
        for document in files
        if (ruling := document.ruling) and (ruling.overrules if document.status == "coded" else ruling.act == "exclude")
    ]


def _ruling(file: str, ruling: Ruling) -> str:
    if ruling.act == "exclude":
        return f"A person decided on {ruling.at[:10]} to leave out {file}: “{ruling.reason}”."
    decided = f"A person decided on {ruling.at[:10]} to count {file}"
    return f"{decided}, which the program had taken for something else: “{ruling.reason}”."


def not_read(tally: ThemeTally, title: str, pages: Table | None = None) -> Part:
    """Which files and pages were not read, or are to be looked at by a person."""
    left_out = [d for d in tally.files if d.status != "coded"]
    lead = list(_files_read(tally)) if tally.files else [sentence("There is no file in the inbox.")]
    if not left_out:
        lead.append(sentence("Nothing was left out."))
    lead += _pages_twice(tally)
    bullets = [
        *(bullet(_left_out(d), (d.id,)) for d in left_out),
        *_flagged(tally),
    ]
    return Part(
        id="not_read",
        level=1,
        title=title,
        paragraphs=(Paragraph(sentences=tuple(lead)), *bullets),
        tables=(pages,) if pages else (),
    )


def _flagged(tally: ThemeTally) -> list[Paragraph]:
    """A bullet for each page that a person should look at, or that has no readable text."""
    return [
        bullet(
            f"{tally.labels[review.document.id]}, page {note.page}, flagged: {'; '.join(note.reasons)}.",
            (review.document.id,),
        )
        for review in tally.reviews
        for note in review.document.notes
    ]


def key(tally: ThemeTally, parts: Sequence[Part]) -> list[Part]:
    """The abbreviations that the other parts use; no part where there are none."""
    printed = "\n".join(_texts(parts))
    known = tally.codebook.abbreviations
    used = [short for short in sorted(known) if re.search(rf"\b{re.escape(short)}s?\b", printed)]
    if not used:
        return []
    sentences = tuple(sentence(f"{short}: {known[short]}.") for short in used)
    return [Part(id="key", level=1, title="Key to abbreviations", paragraphs=(Paragraph(sentences=sentences),))]


def _texts(parts: Sequence[Part]) -> Iterator[str]:
    """Everything that the parts print."""
    for part in parts:
        yield part.title
        for each in part.paragraphs:
            yield from (s.text for s in each.sentences)
            if each.quote:
                yield f"{each.quote.case_label} {each.quote.text}"
        yield part.figure.alt if part.figure else ""
        for table in part.tables:
            yield from (table.caption, *table.columns, *(cell for row in table.rows for cell in row))
