"""The parts that close the paper: the conclusion, the method, what was not read, and the key."""

import re
from collections.abc import Sequence

from scr_llm.records import CoderIdentity, Document, Paragraph, Part, Ruling, Table
from scr_llm.stages.synthesise.count import ThemeTally
from scr_llm.stages.synthesise.english import count
from scr_llm.stages.synthesise.people import deciding_in_words, signed_alone
from scr_llm.stages.synthesise.sentences import bullet, paragraph
from scr_llm.text.words import in_words


def conclusion(tally: ThemeTally, number: int) -> Part:
    """What partners are asked to review: the codebook's question on each headline theme."""
    intro = "On this evidence, partners are asked to review their own arrangements in these areas:"
    bullets = []
    for theme in tally.facts.headline:
        code, found = tally.codes[theme], tally.counts[theme]
        text = f"{code.question or code.label} ({found.present} of {found.of} reviews)."
        bullets.append(bullet(text, found.documents, theme))
    paragraphs = (paragraph(intro, tally.ids), *bullets)
    return Part(id="conclusion", level=1, title=f"{number}. Conclusion", paragraphs=paragraphs)


def method(tally: ThemeTally, number: int) -> Part:
    """How the paper was made."""
    coder = tally.reviews[0].coding.coder
    refused = sum(len(r.coding.refused) for r in tally.reviews)
    signed = tally.options.signed
    people = (
        "People decided each cell before the paper was" if signed else "People decide each cell before the paper is"
    )
    not_found = "nothing was found" if signed else "the coder found nothing"
    lines = [
        _proposed(coder),
        "The program then located each quote in the text of its page, character for character after a fixed list of "
        f"normalisations. {count(refused, 'quote was', 'quotes were')} refused and "
        f"{'is' if refused == 1 else 'are'} not used as evidence.",
        "A theme counts once in each review. "
        "A practice theme counts only where the review finds a shortcoming; good practice does not count. "
        f"“Not found” means that {not_found}. This does not mean that it did not happen.",
        f"All counts are computed from the codings. {people} signed off.",
        *_rulings(tally.files),
        tally.options.record,
        _people(tally),
        _versions(coder),
    ]
    return Part(
        id="method",
        level=1,
        title=f"{number}. Method and use of AI",
        paragraphs=tuple(paragraph(line) for line in lines if line),
    )


def _people(tally: ThemeTally) -> str:
    """How the deciding went, and why the paper is signed by the one who decided most, if it is."""
    return " ".join((*deciding_in_words(tally.options.deciding), *signed_alone(tally.options.alone)))


def _proposed(coder: CoderIdentity) -> str:
    if coder.kind == "rules":
        return (
            "The embedded coder proposed the codings, by rules and by weights learned from made-up passages. "
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


def not_read(tally: ThemeTally, number: int, pages: Table | None = None) -> Part:
    """Which files and pages were not read, or are to be looked at by a person."""
    missing = [d for d in tally.files if d.status not in ("coded", "pending")]
    waiting = [d for d in tally.files if d.status == "pending"]
    coded = f"{tally.facts.reviews} of {count(tally.facts.files, 'file', 'files')} in the inbox"
    lead = f"{coded} {'was' if tally.facts.reviews == 1 else 'were'} coded."
    if not missing and not waiting:
        lead += " Nothing was left out."
    bullets = [
        *(bullet(f"{d.file} ({in_words(d.status)}): {d.reason}", (d.id,)) for d in missing),
        *(bullet(f"{d.file}: not yet coded.", (d.id,)) for d in waiting),
        *_flagged(tally),
    ]
    return Part(
        id="not_read",
        level=1,
        title=f"{number}. What was not read",
        paragraphs=(paragraph(lead), *bullets),
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


def key(tally: ThemeTally, parts: Sequence[Part]) -> Part:
    """What the words of the matrix mean, and the abbreviations that the other parts use."""
    unclear = "the review can be read either way" if tally.options.signed else "a person must read the passage"
    lines = [
        "Yes: found in this review, with at least one quote and its page.",
        "Yes (R): found only in this review’s recommendations.",
        "Ruled out: the review says expressly that this was not so.",
        f"Unclear: {unclear}.",
        "Not found: nothing was found, which does not mean no.",
    ]
    printed = "\n".join(part.model_dump_json() for part in parts)
    known = tally.codebook.abbreviations
    used = (short for short in sorted(known) if re.search(rf"\b{re.escape(short)}s?\b", printed))
    lines += [f"{short}: {known[short]}." for short in used]
    return Part(id="key", level=1, title="Key and abbreviations", paragraphs=tuple(bullet(line) for line in lines))
