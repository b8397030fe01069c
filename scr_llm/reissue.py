"""What happens to decisions when a review is issued again, and to codings when the codebook changes."""

from datetime import UTC, datetime

from scr_llm.codebook import code_sha256, codebook_sha256
from scr_llm.records import Codebook, Coding, Decision, Document, Evidence, Reading
from scr_llm.stages.code import Coder
from scr_llm.stages.ground import ground, ground_quote
from scr_llm.stages.review import latest, standings
from scr_llm.store import Store


def carry(store: Store, new: Document, coding: Coding, codebook: Codebook) -> tuple[list[Decision], int]:
    """The decisions of an older issue for the one that takes its place, where their quotes still stand, and how many must be made again.

    A decision is carried under the name of who made it, with its quotes at their new places. One whose quotes moved out of the text, or that
    found nothing where the coder now proposes what it did not before, is left to be decided again.
    """
    reading = store.reading(new.id)
    if not (new.replaces and reading):
        return [], 0
    own = latest(store.decisions(new.id))  # an issue that came back has decisions of its own; the later ones count
    older = store.coding(new.replaces)
    hashes = {code.id: code_sha256(code) for code in codebook.codes}
    carried: list[Decision] = []
    left = 0
    for (_, key), standing in standings(store.decisions(new.replaces)).items():
        decision = standing.counts
        if decision is None or standing.disagreed:
            continue
        place = _place(key, older, coding)
        evidence = _again(decision.evidence, reading, f"theme:{key}" if key in hashes else key)
        silent = (
            decision.value == "not_mentioned" and key in hashes and bool(_proposed(coding, key) - _proposed(older, key))
        )
        if (before := own.get((new.id, place or key))) and (before.value == decision.value or before.at >= decision.at):
            continue
        if place is None or evidence is None or silent:
            left += 1
            continue
        now = {
            "document_id": new.id,
            "theme": place,
            "act": "carried",
            "evidence": evidence,
            "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "reading_sha256": reading.sha256,
            "reason": f"{decision.reason} [carried from the earlier issue, decided {decision.at[:10]}]".strip(),
        }
        carried.append(decision.model_copy(update=now))
    return carried, left


def _proposed(coding: Coding | None, theme: str) -> set[str]:
    """The words on which a theme is proposed."""
    cells = (
        (t for t in coding.themes if t.theme == theme and t.value in ("present", "explicitly_absent")) if coding else ()
    )
    return {" ".join(e.quote.split()) for t in cells for e in t.evidence}


def _place(key: str, older: Coding | None, coding: Coding) -> str | None:
    """The cell of the new coding that is the same: by name, or for a finding or recommendation by its words."""
    if older is None or not (own := next((i for i in (*older.findings, *older.recommendations) if i.id == key), None)):
        return key
    return next(
        (
            i.id
            for i in (*coding.findings, *coding.recommendations)
            if " ".join(i.text.split()) == " ".join(own.text.split())
        ),
        None,
    )


def _again(evidence: tuple[Evidence, ...], reading: Reading, about: str) -> tuple[Evidence, ...] | None:
    """The same quotes where they stand now; None where one does not stand there any more."""
    found: list[Evidence] = []
    for e in evidence:
        now = ground_quote(reading, e.quote, e.page, about)[0] or ground_quote(reading, e.quote, None, about)[0]
        if not now:
            return None
        found += [n.model_copy(update={"flags": e.flags}) for n in now]
    return tuple(found)


def recode(store: Store, document: Document, coder: Coder, codebook: Codebook) -> tuple[str, ...]:
    """Propose anew the codes that mean something else than when a document was coded, and those codes alone. Returns their ids."""
    coding, reading, draft = store.coding(document.id), store.reading(document.id), store.draft(document.id)
    if not (coding and reading and draft) or not coding.codes:
        return ()
    hashes = {code.id: code_sha256(code) for code in codebook.codes}
    changed = tuple(i for i, h in hashes.items() if coding.codes.get(i) != h)
    if not changed and coding.codes.keys() == hashes.keys():
        return ()
    themes = {t.theme: t for t in coding.themes}
    drafts = {t.theme: t for t in draft.themes}
    identity = coding.coder.model_copy(
        update={"codebook_version": codebook.version, "codebook_sha256": codebook_sha256(codebook)}
    )
    if changed:
        proposed = coder.code(
            reading, codebook.model_copy(update={"codes": tuple(c for c in codebook.codes if c.id in changed)})
        )
        grounded = ground(proposed, reading)
        themes |= {t.theme: t for t in grounded.themes if t.theme in changed}
        drafts |= {t.theme: t for t in proposed.themes if t.theme in changed}
        about = {f"theme:{i}" for i in changed}
        refused = (
            *(r for r in coding.refused if r.about not in about),
            *(r for r in grounded.refused if r.about in about),
        )
        coding = coding.model_copy(update={"refused": refused})
        identity = coder.identity.model_copy(
            update={"codebook_version": codebook.version, "codebook_sha256": codebook_sha256(codebook)}
        )
    order = [code.id for code in codebook.codes]
    kept = coding.model_copy(
        update={"themes": tuple(themes[i] for i in order if i in themes), "codes": hashes, "coder": identity}
    )
    store.save_coding(
        document,
        draft.model_copy(update={"themes": tuple(drafts[i] for i in order if i in drafts)}),
        kept,
        seen=document,
    )
    return changed


def with_hashes(coding: Coding, codebook: Codebook) -> Coding:
    """A coding that says what each code meant when it was made."""
    return coding.model_copy(update={"codes": {code.id: code_sha256(code) for code in codebook.codes}})
