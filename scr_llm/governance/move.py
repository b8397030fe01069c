"""Moving a project's record to another database: copied, proved equal, and only then named in project.toml.

Nobody can write to the old database from the first row that is copied. It stays as it is, with a note of where the
record went on, so that a program that still has it open, or an old copy of project.toml, cannot write to it unnoticed.
Stopped at any point, the move is finished, or the project is where it was, and the same command goes on from there.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.engine import Connection

from scr_llm.audit import record_faults
from scr_llm.errors import RefusedError, UsageError
from scr_llm.files import read_file, write_atomically
from scr_llm.project import Project, schema_for, with_store
from scr_llm.reports.export import export
from scr_llm.settings import StoreSettings
from scr_llm.store import Backend, Store, backend_of
from scr_llm.store.copying import Summary, copy_record, mark_moved, moved_to, summary


@dataclass(frozen=True)
class Moved:
    """A finished move."""

    left: str
    """The old database, which is as it was."""
    now: str
    """The new one."""
    rows: int
    """How many rows were copied."""
    decisions: int
    """How many of them are decisions."""


def move(project: Project, store: StoreSettings) -> Moved:
    """Move the record, and name its new place in project.toml.

    Args:
        project: as it is now.
        store: the new [store]; without a url it is the SQLite file in the folder.

    Raises:
        UsageError: the record is there already, or something else is.
        RefusedError: the record does not verify, or its copy is not the same. Nothing was changed.
        StoreError: one of the databases cannot be used.
    """
    if store.url and not store.namespace:
        # The folder in it keeps two projects of one name apart, and lets an interrupted move find its copy again.
        schema = schema_for(project.settings.name, str(project.root.resolve()))
        store = store.model_copy(update={"namespace": schema})
    there = replace(project, settings=project.settings.model_copy(update={"store": store}))
    new, old = backend_of(there.database.model_copy(update={"signed": ""})), backend_of(project.database)
    if new.name == old.name:
        raise UsageError(f"{old.name}: the record is there already.", next_step="Name another place.")
    _settings_with(project, store)  # what prevents it should do so before anything is copied
    with Store(project.database, moved=True) as source, source.held(for_long=True) as connection:
        before = summary(connection)
        if not _goes_on_in(new, old, moved_to(connection)):
            if faults := record_faults(project, source):
                raise RefusedError(
                    f"the record does not verify, so it is not moved: {faults[0]}", next_step="Run: scr-llm audit"
                )
            _copy(connection, before, there, new)
            _prove(project, there)
            mark_moved(connection, datetime.now(UTC).isoformat(timespec="seconds"), new.name)
    write_atomically(project.root / "project.toml", _settings_with(project, store))
    return Moved(old.name, new.name, sum(rows for rows, _ in before.values()), before["decisions"][0])


def _settings_with(project: Project, store: StoreSettings) -> bytes:
    """The project.toml of now, with another [store]."""
    return with_store(read_file(project.root / "project.toml").decode("utf-8-sig"), store).encode()


def _goes_on_in(new: Backend, old: Backend, moved: str | None) -> bool:
    """Whether an interrupted move has come so far that only project.toml is left.

    Raises:
        UsageError: the record was moved to another place than this.
    """
    if moved is None:
        return False
    if moved != new.name:
        raise UsageError(
            f"{old.name}: the record was moved to {moved} already.",
            next_step="Move it there again, or write that place into project.toml.",
        )
    if not new.is_there():
        raise UsageError(f"{new.name}: the record was moved there, and is gone.", next_step="Restore a backup.")
    return True


def _copy(connection: Connection, before: Summary, there: Project, new: Backend) -> None:
    """Copy the record, unless an interrupted move has done so; raises if something else is in that place."""
    if new.is_there():
        with Store(there.database, moved=True) as store, store.held(for_long=True) as copied:
            if moved_to(copied) or summary(copied) != before:
                raise UsageError(
                    f"{new.name} holds another record: one from before, from a move that was interrupted, or of "
                    "another project.",
                    next_step="Rename it, or name another place (for a server: --schema NAME).",
                )
        return
    staged = new.staging()
    with Store.fresh(staged) as copy:
        copy_record(connection, copy)
        with copy.held(for_long=True) as copied:
            same = summary(copied) == before
    if not same:
        staged.remove()
        raise RefusedError("the copy differs from the record.", next_step="Nothing was changed. Try again.")
    new.publish(staged)


def _prove(project: Project, there: Project) -> None:
    """Check that the new place gives the same export, and that its own audit finds nothing.

    Raises:
        RefusedError: it does not. The copy is left for somebody to look at; the project goes on where it is.
    """
    with Store(there.database) as store:
        faults = record_faults(there, store)
        same = export(there) == export(project)
        if faults or not same:
            wrong = faults[0] if faults else "its export differs"
            raise RefusedError(
                f"{store.name}: the copy is not the same as the record: {wrong}.",
                next_step="The project goes on where it was. Please report this, and remove the copy.",
            )
