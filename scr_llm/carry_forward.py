"""Carrying work forward: decisions when a review is re-issued, and codings when the codebook changes."""

from collections.abc import Mapping
from datetime import UTC, datetime

from scr_llm.codebook import code_sha256, codebook_sha256
from scr_llm.records import Codebook, Coding, Decision, Document, DraftCoding, Evidence, Reading
from scr_llm.stages.code import Coder
from scr_llm.stages.decisions import latest, standings
from scr_llm.stages.ground import ground, ground_quote, item_id
from scr_llm.stages.synthesise.coverage import quoted_once
from scr_llm.store import Store


def carry(store: Store, new: Document, coding: Coding, codebook: Codebook) -> tuple[list[Decision], int]:
    """The decisions on an older issue that still hold for the one that replaces it, and how many must be made again.

    A decision is carried over under the name of the person who made it, with its quotes at their new places. It must
    be made again if a quote is no longer in the text, or if it says "Not found" and the coder now proposes something
    that it did not propose before.
    """
    reading = store.reading(new.id)
    if not (new.replaces and reading):
        return [], 0
    own = latest(store.decisions(new.id))  # an issue that came back has decisions of its own
    older = store.coding(new.replaces)
    themes = {code.id for code in codebook.codes}
    carried: list[Decision] = []
    left = 0
    for (_, key), standing in standings(store.decisions(new.replaces)).items():
        decision = standing.counts
        if decision is None or standing.disagreed:
            continue
        is_theme = key in themes
        evidence = _relocated(decision.evidence, reading, f"theme:{key}" if is_theme else key)
        place = _place(decision, older, coding, evidence)
        before = own.get((new.id, place or key))
        if before and (before.value == decision.value or before.at >= decision.at):
            continue  # decided on this issue already: the same, or later
        newly_proposed = _proposed(coding, key) - _proposed(older, key) if is_theme else set[str]()
        if place is None or evidence is None or (decision.value == "not_mentioned" and newly_proposed):
            left += 1
            continue
        carried.append(_carried(decision, new, place, evidence, reading))
    return carried, left


def _carried(
    decision: Decision, new: Document, place: str, evidence: tuple[Evidence, ...], reading: Reading
) -> Decision:
    note = f"[carried from the earlier issue, decided {decision.at[:10]}]"
    now = {
        "document_id": new.id,
        "theme": place,
        "act": "carried",
        "evidence": evidence,
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "reading_sha256": reading.sha256,
        "shown_sha256": "",  # the words were compared one by one
        "reason": f"{decision.reason} {note}".strip(),
    }
    return decision.model_copy(update=now)


def _proposed(coding: Coding | None, theme: str) -> set[str]:
    """The quotes on which a coding proposes a theme, as present or as ruled out."""
    themes = coding.themes if coding else ()
    cells = (t for t in themes if t.theme == theme and t.value in ("present", "explicitly_absent"))
    return {_spaced(e.quote) for t in cells for e in t.evidence}


def _place(
    decision: Decision, older: Coding | None, coding: Coding, evidence: tuple[Evidence, ...] | None
) -> str | None:
    """The same cell in the new coding; None if it is gone. A finding or recommendation is the same if its words are."""
    key, now = decision.theme, (*coding.findings, *coding.recommendations)
    earlier = (*older.findings, *older.recommendations) if older else ()
    own = next((item for item in earlier if item.id == key), None)
    if own is None and decision.item is None:
        return key  # a theme or a fact, which has the same name in every coding
    words = own.text if own else decision.text or ""
    if same := next((item.id for item in now if _spaced(item.text) == _spaced(words)), None):
        return same
    if decision.item is None or decision.value != "present" or not evidence:
        return None
    # One that a person added, or put into other words, is added again where its words now are.
    return item_id(coding.document_id, decision.item.kind, evidence, decision.text or "")


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _relocated(evidence: tuple[Evidence, ...], reading: Reading, about: str) -> tuple[Evidence, ...] | None:
    """The same quotes where they now are; None if one is no longer in the text."""
    found: list[Evidence] = []
    for e in evidence:
        now = ground_quote(reading, e.quote, e.page, about)[0] or ground_quote(reading, e.quote, None, about)[0]
        if not now:
            return None
        found += [n.model_copy(update={"flags": e.flags}) for n in now]
    return tuple(found)


def hashes_of(codebook: Codebook) -> dict[str, str]:
    """What each code of a codebook means, as a hash, by the code's id."""
    return {code.id: code_sha256(code) for code in codebook.codes}


def outdated(store: Store, hashes: Mapping[str, str]) -> set[str]:
    """Ids of the documents that were coded with other codes than these, or with other meanings of them."""
    return {document_id for document_id, codes in store.codes() if codes and codes != hashes}


def recode(
    store: Store, document: Document, coder: Coder, codebook: Codebook, hashes: Mapping[str, str]
) -> tuple[str, ...]:
    """Propose again only the codes whose meaning has changed since a document was coded. Returns their ids.

    Args:
        store: with the document's coding.
        document: one that is `outdated`; nothing is done for others.
        coder: who proposes.
        codebook: as it is now.
        hashes: `hashes_of` the codebook.
    """
    coding, reading, draft = store.coding(document.id), store.reading(document.id), store.draft(document.id)
    if not (coding and reading and draft) or not coding.codes or coding.codes == hashes:
        return ()
    changed = tuple(i for i, h in hashes.items() if coding.codes.get(i) != h)
    if changed:
        draft, coding = _proposed_again(coder, reading, codebook, changed, draft, coding)
    order = [code.id for code in codebook.codes]
    themes, drafts = {t.theme: t for t in coding.themes}, {t.theme: t for t in draft.themes}
    used = {"codebook_version": codebook.version, "codebook_sha256": codebook_sha256(codebook)}
    kept = {
        "themes": tuple(themes[i] for i in order if i in themes),
        "codes": dict(hashes),
        "coder": coding.coder.model_copy(update=used),
    }
    coding = coding.model_copy(update=kept)
    store.save_coding(
        document.model_copy(update={"quoted_once": quoted_once(document, coding)}),
        draft.model_copy(update={"themes": tuple(drafts[i] for i in order if i in drafts)}),
        coding,
        seen=document,
    )
    return changed


def _proposed_again(
    coder: Coder,
    reading: Reading,
    codebook: Codebook,
    changed: tuple[str, ...],
    draft: DraftCoding,
    coding: Coding,
) -> tuple[DraftCoding, Coding]:
    """A draft and a coding with some themes proposed again, and everything else as before."""
    proposed = coder.code(
        reading, codebook.model_copy(update={"codes": tuple(c for c in codebook.codes if c.id in changed)})
    )
    grounded = ground(proposed, reading)
    about = {f"theme:{i}" for i in changed}
    drafts = {t.theme: t for t in (*draft.themes, *(t for t in proposed.themes if t.theme in changed))}
    themes = {t.theme: t for t in (*coding.themes, *(t for t in grounded.themes if t.theme in changed))}
    refused = (
        *(r for r in coding.refused if r.about not in about),
        *(r for r in grounded.refused if r.about in about),
    )
    return (
        draft.model_copy(update={"themes": tuple(drafts.values())}),
        coding.model_copy(update={"themes": tuple(themes.values()), "refused": refused, "coder": coder.identity}),
    )


def with_hashes(coding: Coding, hashes: Mapping[str, str]) -> Coding:
    """A coding with the hash of what each code meant when it was made."""
    return coding.model_copy(update={"codes": dict(hashes)})
