"""Lists of findings, recommendations and facts: confirmed as a whole after their pages were shown, put right singly."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import copy_project
from pydantic import ValidationError
from served import coded_project

from scr_llm import Workspace
from scr_llm.audit import audit
from scr_llm.errors import ConflictError, RefusedError
from scr_llm.project import load_project
from scr_llm.records import Coding, Covered, Decision
from scr_llm.review import correct
from scr_llm.review.cells import Reviewer
from scr_llm.review.lists import ItemList
from scr_llm.review.person import PersonalReview
from scr_llm.review.sign_off import blockers
from scr_llm.review.spreadsheet import write
from scr_llm.stages.decisions.items import LIST
from scr_llm.store import Store

ALEX, SAM = Reviewer("Alex Reader", "Analyst"), Reviewer("Sam Second", "Nurse")


@pytest.fixture(scope="module")
def coded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded_project(tmp_path_factory.mktemp("lists") / "p", ("corriford-child-1",))


@pytest.fixture
def root(coded: Path, tmp_path: Path) -> Path:

    copy_project(coded, tmp_path / "p")
    return tmp_path / "p"


@pytest.fixture
def review(root: Path) -> Iterator[PersonalReview]:
    with PersonalReview(load_project(root), ALEX) as opened:
        yield opened


def the_list(review: PersonalReview, *, shown: bool = False) -> ItemList:
    document = next(iter(review.session.documents))
    items = review.items(document)
    for page in items.left if shown else ():
        review.show(items, page)
    return review.items(document)


def now(root: Path) -> Coding:
    workspace = Workspace.open(root)
    coding = workspace.coding(next(d.id for d in workspace.documents()))
    assert coding
    return coding


def test_a_list_is_confirmed_in_one_decision_once_its_pages_were_shown(review: PersonalReview, root: Path) -> None:
    items = the_list(review)
    assert items.left == items.pages == (1, 2)
    with pytest.raises(RefusedError, match=r"2 pages of this list were not shown yet: 1, 2"):
        review.confirm(items)
    review.show(items, 1)
    with pytest.raises(RefusedError, match=r"1 page of this list was not shown yet: 2"):
        review.confirm(items)
    review.show(items, 2)
    assert review.confirm(items) == 1
    (act,) = review.session.store.decisions()
    assert act.theme == LIST and act.pages == (1, 2) and act.author == "Alex Reader"
    assert [c.theme for c in act.covers] == [row.cell.key for row in items.rows], "each item is named"
    assert all(len(c.shown_sha256) == 64 and (c.evidence or c.value != "present") for c in act.covers)
    assert all(c.theme not in review.session.codes for c in act.covers)
    store, document = review.session.store, act.document_id
    last = store.last_on_each(document)
    assert last == {key: store.last_on(document, key) for key in last} and last.keys() >= {c.theme for c in act.covers}
    assert not the_list(review).open and not audit(load_project(root))
    with pytest.raises(RefusedError, match="nothing of this list is open"):
        review.confirm(the_list(review))


def test_the_queue_asks_a_list_as_one_thing(review: PersonalReview) -> None:
    session, (document,) = review.session, review.session.documents
    themes = [key for key in session.counted() if key[1] in session.codes]
    assert review.steps()[-1] == (document, LIST) and len(review.steps()) == len(themes) + 1
    assert session.left(ALEX) == (len(themes) + 1, len(themes) + 1)
    items = the_list(review, shown=True)
    assert {k for k in review.open() if k not in themes} == {(document, row.cell.key) for row in items.rows}
    assert session.after(ALEX, themes[0]) is not None
    assert session.after(ALEX, (document, items.rows[-1].cell.key)) == (document, LIST), "an item leads to its list"
    review.confirm(items)
    assert session.left(ALEX) == (len(themes), len(themes) + 1) and (document, LIST) not in review.steps()
    assert not [b for b in blockers(session) if b.key and b.key[1] not in session.codes]


def test_a_list_is_taken_back_as_one(review: PersonalReview, root: Path) -> None:
    review.confirm(the_list(review, shown=True))
    assert review.undo() == (next(iter(review.session.documents)), LIST)
    assert len(the_list(review).open) == len(the_list(review).rows) and the_list(review).left == (1, 2)
    assert [d.act for d in review.session.store.decisions()] == ["decided", "withdrawn"] and review.undo() is None
    with PersonalReview(load_project(root), ALEX) as again:
        assert len(the_list(again).open) == len(the_list(again).rows), "the same from the record"
    assert not audit(load_project(root))


def test_single_decisions_and_lists_find_each_others_conflicts(review: PersonalReview, root: Path) -> None:
    items = the_list(review, shown=True)
    with PersonalReview(load_project(root), SAM) as other:
        cell = other.session.cell(items.document_id, items.rows[-1].cell.key, SAM)
        review.confirm(items)
        with pytest.raises(ConflictError):
            other.decide(cell, "not_mentioned")
        correct.remove(other.session, SAM, the_list(other), cell.key)
        with pytest.raises(RefusedError, match="somebody has decided"):
            review.undo()
        assert other.undo() == (items.document_id, cell.key)
    assert review.undo() == (items.document_id, LIST)
    items = the_list(review, shown=True)
    with PersonalReview(load_project(root), SAM) as other:
        correct.remove(other.session, SAM, the_list(other), items.rows[-1].cell.key)
    with pytest.raises(ConflictError):
        review.confirm(items)


def test_what_was_decided_singly_keeps_its_decision(review: PersonalReview) -> None:
    items = the_list(review, shown=True)
    gone = next(row for row in items.rows if row.cell.kind == "finding")
    review.remove_item(items, gone.cell.key, "It is about another case.")
    review.confirm(the_list(review))
    standing = review.session.standing((items.document_id, gone.cell.key)).counts
    assert standing and standing.value == "not_mentioned" and not standing.shown_sha256
    assert gone.cell.key not in {c.theme for c in review.session.store.decisions()[-1].covers}


def test_words_are_added_corrected_split_and_joined(review: PersonalReview, root: Path) -> None:
    session, items = review.session, the_list(review)
    before = now(root)
    first, second = before.recommendations[:2]
    words = first.text.split()
    half = " ".join(words[len(words) // 2 :])
    review.split_item(items, first.id, half)
    parts = now(root).recommendations[:3]
    assert [p.text for p in parts] == [" ".join(words[: len(words) // 2]), half, second.text]
    assert parts[0].id == first.id and (parts[0].number, parts[1].number) == (first.number, None)
    review.join_items(the_list(review), first.id)
    assert [i.text for i in now(root).recommendations] == [i.text for i in before.recommendations]
    review.correct_item(the_list(review), second.id, " ".join(second.text.split()[:6]), second.page)
    assert now(root).recommendations[1].text == " ".join(second.text.split()[:6])
    with pytest.raises(RefusedError, match="part of recommendation"):
        review.add_item(the_list(review), "recommendation", second.text.split(". ")[0][:40])
    quote = "three services knew of it"
    with pytest.raises(RefusedError, match="part of finding"):
        review.add_item(the_list(review), "finding", quote)
    quote = "Father was regularly intoxicated in the evenings"
    review.add_item(the_list(review), "finding", quote)
    assert len(now(root).findings) == len(before.findings) + 1
    added = now(root).findings[0]
    assert added.text == quote and added.number is None
    assert (items.document_id, added.id) in session.counted() and not audit(load_project(root))
    for _ in range(4):
        review.undo()
    assert now(root) == before and (items.document_id, added.id) not in session.proposals
    assert review.undo() is None


def test_words_that_are_not_there_are_refused(review: PersonalReview) -> None:
    items = the_list(review)
    finding = next(row for row in items.rows if row.cell.kind == "finding")
    for refused in (
        lambda: correct.add(review.session, ALEX, items, "finding", "The tortoise was not consulted."),
        lambda: correct.correct(review.session, ALEX, items, finding.cell.key, "The tortoise was not consulted."),
        lambda: correct.split(review.session, ALEX, items, finding.cell.key, "The tortoise"),
        lambda: correct.split(review.session, ALEX, items, finding.cell.key, (finding.cell.text or "")[:12]),
        lambda: correct.join(review.session, ALEX, items, items.rows[-1].cell.key),
        lambda: correct.correct(review.session, ALEX, items, "case:authority", "the review"),
        lambda: correct.remove(review.session, ALEX, items, "f000000000000"),
        lambda: review.show(items, 99),
    ):
        with pytest.raises(RefusedError):
            refused()
    assert not review.session.store.decisions()


def test_an_item_that_a_person_worded_stays_so_when_it_is_decided_again(review: PersonalReview, root: Path) -> None:
    items = the_list(review)
    item = now(root).recommendations[0]
    short = " ".join(item.text.split()[:6])
    correct.correct(review.session, ALEX, items, item.id, short, item.page)
    cell = review.session.cell(items.document_id, item.id, ALEX)
    assert cell.text == short
    review.decide(cell, "present", evidence=cell.evidence, text=cell.text)
    assert now(root).recommendations[0].text == short
    assert write(review.session, ALEX)
    exported = Workspace.open(root).export().documents[0]
    assert exported.recommendations[0].text == short and not audit(load_project(root))


def test_a_confirmed_list_is_stale_where_its_words_or_the_text_changed(review: PersonalReview, root: Path) -> None:
    items = the_list(review, shown=True)
    review.confirm(items)
    store, document = review.session.store, review.session.documents[items.document_id]
    coding, draft = store.coding(document.id), store.draft(document.id)
    assert coding and draft
    case = coding.case.model_copy(update={"authority": "Elsewhere"})
    store.save_coding(document, draft, coding.model_copy(update={"case": case}), seen=document)
    with PersonalReview(load_project(root), ALEX) as again:
        (row,) = the_list(again).open
        assert (row.cell.key, row.cell.state, row.cell.text) == ("case:authority", "stale", "Elsewhere")
        assert {b.what for b in blockers(again.session) if b.key and b.key[1] == row.cell.key} == {"stale"}
        again.confirm(the_list(again, shown=True))
        assert not the_list(again).open and len(again.session.store.decisions()[-1].covers) == 1
    store.save_coding(document, draft, coding.model_copy(update={"reading_sha256": "other"}), seen=document)
    with PersonalReview(load_project(root), ALEX) as again:
        assert len(the_list(again).open) == len(items.rows), "the text was read anew"


def test_a_list_never_covers_a_theme(review: PersonalReview) -> None:
    for theme in review.session.codes:
        with pytest.raises(ValidationError):
            Covered(theme=theme, value="present")


def test_a_blind_reviewer_has_no_lists(root: Path) -> None:
    with PersonalReview(load_project(root), Reviewer("Sam Second", "Nurse", blind=True)) as blind:
        assert LIST not in {key for _, key in blind.steps()}
        with pytest.raises(RefusedError, match="main themes only"):
            blind.items(next(iter(blind.session.documents)))


def test_the_record_and_the_paper_say_what_was_confirmed_as_a_list(review: PersonalReview, root: Path) -> None:
    items = the_list(review, shown=True)
    review.confirm(items)
    deciding = Workspace.open(root).briefing()[0]
    text = deciding.model_dump_json()
    cells = len(items.rows)
    assert "The record behind this paper holds 1 decision, chained by hash" in text
    assert f"All {cells} cells were confirmed as part of 1 list of findings, recommendations and case facts" in text
    sheet = Workspace.open(root).case_sheet(items.document_id).model_dump_json()
    total = len(review.session.counted())
    assert (
        f"{cells} of the {total} cells of this review" in sheet or f"{cells} of {total} cells of this review" in sheet
    )


def test_decisions_of_before_there_were_lists_are_read_as_they_were(root: Path) -> None:
    project = load_project(root)
    with Store(project.database) as store:
        (document,) = store.documents()
        coding = store.coding(document.id)
        assert coding
        item = coding.findings[0]
        old = Decision(
            document_id=document.id,
            theme=item.id,
            value="present",
            text=item.text,
            author="Ann",
            role="Analyst",
            at="2026-11-01T10:00:00.000+00:00",
            codebook_sha256="0",
            reading_sha256=coding.reading_sha256,
        )
        record = json.loads(old.model_dump_json(exclude={"item", "covers", "shown_sha256", "pages"}))
        assert Decision.model_validate_json(json.dumps(record)) == old
        store.append_decision(old)
    assert now(root).findings[0] == item
    with PersonalReview(project, ALEX) as review:
        review.confirm(the_list(review, shown=True))
        counts = review.session.standing((document.id, item.id)).counts
        assert counts and counts.author == "Ann"
