"""What goes wrong with one document is that document's state; what is not a document's fault ends the run."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from databases import copy_project, of_the_file
from served import REVIEWS, coded_project
from sqlalchemy.exc import SQLAlchemyError

from scr_llm import pipeline
from scr_llm.codebook import load_codebook
from scr_llm.errors import StopError, UsageError
from scr_llm.project import load_project
from scr_llm.records import Codebook, CoderIdentity, DraftCoding, Reading
from scr_llm.stages.code.embedded import embedded_identity
from scr_llm.stages.code.rules import RulesCoder
from scr_llm.store import Store

pytestmark = pytest.mark.slow


class FailsOnOne:
    """Codes by rules, but for one document."""

    def __init__(self, codebook: Codebook, error: BaseException) -> None:
        self._rules, self._error = RulesCoder(embedded_identity(codebook)), error

    @property
    def identity(self) -> CoderIdentity:
        return self._rules.identity

    def code(self, reading: Reading, codebook: Codebook) -> DraftCoding:
        if "Corriford" in reading.pages[0].text:
            raise self._error
        return self._rules.code(reading, codebook)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return coded_project(tmp_path_factory.mktemp("run") / "p")


def waiting(template: Path, root: Path) -> Path:
    """The project as it is before anything is coded."""

    copy_project(template, root)
    with Store(load_project(root).database) as store:
        for document in store.documents():
            store.save_document(document.model_copy(update={"status": "pending"}))
    return root


def statuses(root: Path, error: BaseException, max_concurrency: int) -> dict[str, tuple[str, str | None]]:
    project = load_project(root)
    pipeline.run(project, FailsOnOne(load_codebook(project.codebook_path), error), max_concurrency=max_concurrency)
    with Store(project.database) as store:
        return {d.file: (d.status, d.reason and f"{d.reason} {d.next_step}") for d in store.documents()}


@pytest.mark.parametrize("max_concurrency", [1, 2])
@pytest.mark.parametrize(
    "error",
    [
        KeyError("x"),
        RecursionError("too deep"),
        MemoryError(),
        SystemError(),
        UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates"),
        ValueError("\ud800\x1b[31m"),
        OSError(5, "input/output"),
        AssertionError(),
        UsageError("no prompt."),
        StopIteration(),
        RuntimeError("generator raised"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_one_document_never_ends_the_run(
    template: Path, tmp_path: Path, error: Exception, max_concurrency: int
) -> None:
    found = statuses(waiting(template, tmp_path / "p"), error, max_concurrency)
    assert found[f"{REVIEWS[1]}.pdf"] == ("coded", None)
    status, reason = found[f"{REVIEWS[0]}.pdf"]
    assert status == "failed" and reason and "Run again" in reason and "\x1b" not in reason
    assert "no prompt." in reason if isinstance(error, UsageError) else type(error).__name__ in reason


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(4)], ids=lambda error: type(error).__name__)
def test_a_wish_to_end_is_not_swallowed(template: Path, tmp_path: Path, error: BaseException) -> None:
    with pytest.raises(type(error)):
        statuses(waiting(template, tmp_path / "p"), error, 1)


@of_the_file
def test_a_stop_and_a_failing_database_end_the_run_and_blame_no_document(template: Path, tmp_path: Path) -> None:
    root = waiting(template, tmp_path / "p")
    assert {status for status, _ in statuses(root, StopError("enough."), 2).values()} <= {"pending", "coded"}
    with closing(sqlite3.connect(root / "scr_llm.sqlite")) as database, database:
        database.execute(
            "UPDATE documents SET record = replace(record, '\"coded\"', '\"pending\"'), status = 'pending'"
        )
        database.execute("CREATE TRIGGER full BEFORE UPDATE ON documents BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    with pytest.raises(SQLAlchemyError, match="disk full"):
        statuses(root, KeyError("never reached in time"), 1)
    with Store(load_project(root).database) as store:
        assert "disk full" not in str([d.reason for d in store.documents()])
