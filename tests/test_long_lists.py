"""Lists of the page that are longer than one page of them: files, and what stands in the way of a signature."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from served import coded_project, decide_all

from scr_llm.project import load_project
from scr_llm.records import Document
from scr_llm.review.cells import Reviewer
from scr_llm.review.in_the_way import blockers, in_the_way
from scr_llm.review.session import ReviewSession
from scr_llm.web.home_view import FILES_SHOWN, files
from scr_llm.web.signing_view import LINES, Asked, sign_off
from scr_llm.workspace import Workspace

MORE = 70


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReviewSession]:
    """One review that is coded and not decided, and seventy files that wait."""
    project = load_project(coded_project(tmp_path_factory.mktemp("long") / "p", ("corriford-child-1",)))
    session = ReviewSession(project)
    for number in range(MORE):
        sha256 = f"{number:064x}"
        waiting = Document(
            id=sha256[-16:], file=f"waiting-{number:02d}.pdf", sha256=sha256, bytes=1, pages=0, status="pending"
        )
        session.store.save_document(waiting)
    session.refresh()
    yield session
    session.close()


def test_the_files_are_shown_a_page_at_a_time(session: ReviewSession) -> None:
    first, second = files(session, "", "", 0), files(session, "", "", FILES_SHOWN)
    names = [line.file for line in (*first.files, *second.files)]
    assert (first.of, first.all, len(first.files), second.first) == (MORE + 1, MORE + 1, FILES_SHOWN, FILES_SHOWN)
    assert names == sorted(names) and len(set(names)) == MORE + 1
    beyond = files(session, "", "", 10_000)
    assert beyond.first == FILES_SHOWN, "an address from before some files went shows the last page"


def test_files_are_found_by_label_by_name_and_by_state(session: ReviewSession) -> None:
    label = next(iter(session.labels.values()))
    assert [line.label for line in files(session, "", label.upper(), 0).files] == [label]
    assert [line.file for line in files(session, "", "waiting 33", 0).files] == ["waiting-33.pdf"]
    assert files(session, "pending", "", 0).of == MORE
    assert [line.file for line in files(session, "coded", "", 0).files] == ["corriford-child-1.pdf"]
    assert files(session, "coded", "waiting", 0).files == ()
    assert files(session, "", "", 0).states == (("pending", "waiting", MORE), ("coded", "coded", 1))


def test_what_stands_in_the_way_is_counted_as_it_is_listed(session: ReviewSession) -> None:
    one_by_one, counted = blockers(session), in_the_way(session)
    assert counted.number == len(one_by_one) > MORE
    assert [b.file for b in counted.files] == [b.file for b in one_by_one if not b.key]
    assert {kind.what for kind in counted.reviews[0]} == {"undecided", "list"}
    assert counted.reviews[0][0].first == next(b.key for b in one_by_one if b.key)


def test_what_stands_in_the_way_is_shown_a_page_at_a_time(session: ReviewSession) -> None:
    workspace = Workspace(session.project)
    pages = [
        sign_off(workspace, session, Reviewer("Alex Reader", "Analyst"), Asked(first=at), tuple) for at in (0, LINES)
    ]
    assert [page.of for page in pages] == [MORE + 1] * 2 and len(pages[0].in_the_way) == LINES
    lines = [line.where for page in pages for line in page.in_the_way]
    assert len(set(lines)) == MORE + 1 and lines[-1] == next(iter(session.labels.values()))


def test_only_a_review_that_changed_is_counted_anew(tmp_path: Path) -> None:
    root = coded_project(tmp_path / "p", ("corriford-child-1",))
    session = ReviewSession(load_project(root))
    before = in_the_way(session)
    assert before.number == len(blockers(session))
    assert in_the_way(session).reviews[0] is before.reviews[0]
    decide_all(root)  # by another program
    session.refresh()
    assert in_the_way(session).number == 0 == len(blockers(session))
    session.close()
